import { Service } from 'kubernetes-models/v1/Service';
import { type Client, labelsOf, metadataOf } from './client.ts';

/**
 * A client's name in DNS, which stands for the addresses of all its ready pods. It has no address of its own: the gateway
 * balances, checks and retries over pods, and would see one server in place of many.
 */
export function serviceOf(client: Client): Service {
  return new Service({
    metadata: metadataOf(client),
    spec: {
      clusterIP: 'None',
      selector: labelsOf(client),
      ports: [{ name: 'http', port: client.bff.port, targetPort: 'http', appProtocol: 'http' }],
    },
  });
}
