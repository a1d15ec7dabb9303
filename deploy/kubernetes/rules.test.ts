import { setAt } from '@facet/testing/internal/set-at.ts';
import { describe, expect, test } from '@jest/globals';
import type { TypeMeta } from '@kubernetes-models/base';
import { ENVIRONMENTS } from './environments.ts';
import { documentedSecrets, documentsIn, manifestsIn } from './testing/manifests.ts';
import { metadataOf } from './testing/objects.ts';
import { RULES, refusalsOf } from './testing/rules.ts';

const secrets = documentedSecrets();

/** All that a cluster is given. */
const objectsOf = (environment: string): TypeMeta[] =>
  manifestsIn(environment).flatMap((file) => documentsIn(environment, file));

test.each(ENVIRONMENTS)('an API server would accept all objects of $name', ({ name }) => {
  const objects = objectsOf(name);
  expect(objects.length).toBeGreaterThan(10);
  expect(refusalsOf({ objects, secrets })).toEqual([]);
});

const POD = 'spec.template.spec';
const CONTAINER = `${POD}.containers.0`;
const CACHE_URL = `${CONTAINER}.env.9`;
const SPREAD = `${POD}.topologySpreadConstraints.0`;
const NAME = 'app.kubernetes.io/name';
const AUTOSCALER = 'HorizontalPodAutoscaler';
const LONG = 'x'.repeat(64);
const FACET = { 'app.kubernetes.io/part-of': 'facet' };

/** What is changed in the web client's objects in production, and what the rule says of it. */
type Planting = readonly [kind: string, path: string, value: unknown, says: string];

const PLANTED: Readonly<Record<string, readonly Planting[]>> = {
  'name of an object': [
    ['Deployment', 'metadata.name', 'web_1', 'Deployment.metadata.name is "web_1"'],
    ['NetworkPolicy', 'metadata.namespace', 'Facet', 'NetworkPolicy.metadata.namespace is "Facet"'],
    [AUTOSCALER, 'metadata.name', LONG, `metadata.name is "${LONG}"`],
  ],
  'name of a Service': [['Service', 'metadata.name', '2web', 'Service.metadata.name is "2web"']],
  'name in a pod': [
    ['Deployment', `${CONTAINER}.name`, 'Web', 'containers.0.name is "Web"'],
    ['Deployment', `${POD}.volumes.0.name`, '-tmp', 'volumes.0.name is "-tmp"'],
  ],
  'name of a Secret': [['Deployment', `${CACHE_URL}.valueFrom.secretKeyRef.name`, 'Facet', 'name is "Facet"']],
  'name of a variable': [
    ['Deployment', `${CONTAINER}.env.0.name`, '1ST', 'env.0.name is "1ST"'],
    ['Deployment', `${CONTAINER}.env.0.name`, 'A=B', 'env.0.name is "A=B"'],
  ],
  'name of a port': [
    ['Deployment', `${CONTAINER}.ports.0.name`, 'requests-by-http', 'ports.0.name is "requests-by-http"'],
    ['Service', 'spec.ports.0.name', '4002', 'ports.0.name is "4002"'],
    ['Service', 'spec.ports.0.name', 'a--b', 'ports.0.name is "a--b"'],
  ],
  'number of a port': [
    ['Deployment', `${CONTAINER}.ports.0.containerPort`, 65_536, 'containerPort is 65536'],
    ['Service', 'spec.ports.0.port', 0, 'port is 0'],
  ],
  'port by name or number': [
    ['NetworkPolicy', 'spec.egress.0.ports.0.port', 70_000, 'port is 70000'],
    ['NetworkPolicy', 'spec.egress.0.ports.0.port', 'DNS', 'port is "DNS"'],
    ['Service', 'spec.ports.0.targetPort', '', 'targetPort is ""'],
  ],
  labels: [
    ['Service', 'metadata.labels', { team: 'the web team' }, 'metadata.labels is'],
    ['Service', 'metadata.labels', { team: LONG }, 'metadata.labels is'],
    ['Service', 'metadata.labels', { 'a/b/c': 'web' }, 'metadata.labels is'],
    ['NetworkPolicy', 'spec.egress.0.to.0.podSelector.matchLabels', { '-app': 'dns' }, 'matchLabels is'],
  ],
  'name of an annotation': [['Deployment', 'metadata.annotations', { 'who knows': '' }, 'metadata.annotations is']],
  quantity: [
    ['Deployment', `${CONTAINER}.resources.requests.cpu`, '1 core', 'requests.cpu is "1 core"'],
    ['Deployment', `${CONTAINER}.resources.requests.cpu`, '-1', 'requests.cpu is "-1"'],
    ['Deployment', `${POD}.volumes.0.emptyDir.sizeLimit`, '64MB', 'sizeLimit is "64MB"'],
  ],
  count: [
    ['Deployment', `${POD}.terminationGracePeriodSeconds`, -1, 'terminationGracePeriodSeconds is -1'],
    ['Deployment', 'spec.replicas', -1, 'replicas is -1'],
    [AUTOSCALER, 'spec.minReplicas', '10%', 'minReplicas is "10%"'],
  ],
  'count or share': [
    ['PodDisruptionBudget', 'spec.maxUnavailable', -1, 'maxUnavailable is -1'],
    ['PodDisruptionBudget', 'spec.maxUnavailable', 'one', 'maxUnavailable is "one"'],
    ['PodDisruptionBudget', 'spec.maxUnavailable', '101%', 'maxUnavailable is "101%"'],
  ],
  'count of one or more': [
    ['Deployment', `${SPREAD}.maxSkew`, 0, 'maxSkew is 0'],
    ['Deployment', `${CONTAINER}.livenessProbe.failureThreshold`, 0, 'failureThreshold is 0'],
    [AUTOSCALER, 'spec.metrics.0.resource.target.averageUtilization', 0, 'averageUtilization is 0'],
  ],
  network: [
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: '10.0.0.7/8' } }], 'cidr is "10.0.0.7/8"'],
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: '10.0.0.0/33' } }], 'cidr is "10.0.0.0/33"'],
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: 'fd00::1/64' } }], 'cidr is "fd00::1/64"'],
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: '10.0.0.0' } }], 'cidr is "10.0.0.0"'],
  ],

  'a rollout can go on': [['Deployment', 'spec.strategy.rollingUpdate.maxSurge', '0%', 'Deployment web']],
  'a rollout waits for longer than a pod has to be ready': [
    ['Deployment', 'spec.minReadySeconds', 180, 'Deployment web'],
  ],
  'an autoscaler has one pod at least, and at most no fewer': [
    [AUTOSCALER, 'spec.maxReplicas', 2, `${AUTOSCALER} web`],
    [AUTOSCALER, 'spec.minReplicas', 0, `${AUTOSCALER} web`],
  ],
  'an autoscaler looks back and ahead no longer than it may': [
    [AUTOSCALER, 'spec.behavior.scaleUp.policies.0.periodSeconds', 1_801, `${AUTOSCALER} web`],
    [AUTOSCALER, 'spec.behavior.scaleDown.stabilizationWindowSeconds', 3_601, `${AUTOSCALER} web`],
  ],
  'what an autoscaler looks at is asked for': [
    ['Deployment', `${CONTAINER}.resources.requests.cpu`, undefined, `${AUTOSCALER} web: cpu`],
  ],
  'a budget counts those that are there, or those that are not': [
    ['PodDisruptionBudget', 'spec.minAvailable', 1, 'PodDisruptionBudget web'],
  ],
  'a budget lets a pod go': [
    ['PodDisruptionBudget', 'spec.maxUnavailable', 0, 'PodDisruptionBudget web'],
    ['PodDisruptionBudget', 'spec.maxUnavailable', '0%', 'PodDisruptionBudget web'],
  ],
  'each port of a Service is there once': [
    ['Service', 'spec.ports.1', { name: 'more', port: 4_002, targetPort: 'http' }, 'Service web: 4002/TCP'],
  ],
  'a policy says who, where, and both ways': [
    ['NetworkPolicy', 'spec.egress.1.to', [], 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.egress.1.to', undefined, 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.egress.1.ports', [], 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.egress.1.ports.0.port', undefined, 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.egress.1.to.0.podSelector.matchLabels', {}, 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.ingress.0.from', [], 'NetworkPolicy web: ingress.0'],
    ['NetworkPolicy', 'spec.ingress.0.from.0.namespaceSelector', {}, 'NetworkPolicy web: ingress.0'],
    ['NetworkPolicy', 'spec.policyTypes', ['Ingress'], 'NetworkPolicy web: Egress'],
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: '0.0.0.0/0' } }], 'NetworkPolicy web: egress.1'],
    ['NetworkPolicy', 'spec.egress.1.to', [{ ipBlock: { cidr: '::/0' } }], 'NetworkPolicy web: egress.1'],
  ],
  'the other end of a policy is pods or a network, and something': [
    ['NetworkPolicy', 'spec.egress.1.to.0.ipBlock', { cidr: '10.0.0.0/8' }, 'NetworkPolicy web: {"namespaceSelector"'],
    ['NetworkPolicy', 'spec.ingress.0.from.0', {}, 'NetworkPolicy web: {}'],
  ],

  'each port of a pod has one name': [['Deployment', `${CONTAINER}.ports.1.name`, 'http', 'Deployment web: http']],
  'requests are within limits': [
    ['Deployment', `${CONTAINER}.resources.requests.memory`, '1Gi', 'Deployment web: memory'],
    ['Deployment', `${CONTAINER}.resources.limits.cpu`, '900m', 'Deployment web: cpu'],
  ],
  'what is mounted is there, and what is there is mounted': [
    ['Deployment', `${POD}.volumes`, [], 'Deployment web: tmp'],
    ['Deployment', `${CONTAINER}.volumeMounts`, [], 'Deployment web: tmp'],
    ['Deployment', `${POD}.volumes.1`, { name: 'tmp', emptyDir: {} }, 'Deployment web: tmp'],
  ],
  'nothing is mounted in the place of something else': [
    ['Deployment', `${CONTAINER}.volumeMounts.1`, { name: 'tmp', mountPath: '/tmp' }, 'Deployment web: /tmp'],
  ],
  'a probe asks a port of its container': [
    ['Deployment', `${CONTAINER}.livenessProbe.httpGet.port`, 'https', 'Deployment web: https'],
    ['Deployment', `${CONTAINER}.startupProbe.httpGet.port`, 4_001, 'Deployment web: 4001'],
  ],
  'a probe has something to ask': [
    ['Deployment', `${CONTAINER}.readinessProbe.httpGet`, undefined, 'Deployment web: readinessProbe'],
  ],
  'pods are started again': [['Deployment', `${POD}.restartPolicy`, 'OnFailure', 'Deployment web: OnFailure']],
  'a variable is there once': [['Deployment', `${CONTAINER}.env.0.name`, 'PORT', 'Deployment web: PORT']],
  'a variable has a value, or one place that it comes from': [
    ['Deployment', `${CACHE_URL}.value`, 'redis://valkey.cache:6379', 'Deployment web: CACHE_URL'],
    ['Deployment', `${CACHE_URL}.valueFrom`, {}, 'Deployment web: CACHE_URL'],
  ],
  'what a variable comes from is there': [
    ['Deployment', `${CACHE_URL}.valueFrom.secretKeyRef.key`, 'uri', 'Deployment web: facet-cache/uri'],
    ['Deployment', `${CACHE_URL}.valueFrom.secretKeyRef.name`, 'cache', 'Deployment web: cache/url'],
  ],
  'pods spread among their own': [
    [
      'Deployment',
      `${SPREAD}.labelSelector.matchLabels`,
      { app: 'web' },
      'Deployment web: topology.kubernetes.io/zone',
    ],
    ['Deployment', `${SPREAD}.matchLabelKeys.1`, NAME, 'Deployment web: topology.kubernetes.io/zone'],
    ['Deployment', `${SPREAD}.topologyKey`, 'kubernetes.io/hostname', 'web: kubernetes.io/hostnameScheduleAnyway'],
  ],
  'there is time to stop': [
    ['Deployment', `${POD}.terminationGracePeriodSeconds`, 27, 'Deployment web: 27000 ms for 28000'],
    ['Deployment', `${CONTAINER}.lifecycle.preStop.sleep.seconds`, 6, 'Deployment web: 30000 ms for 31000'],
  ],

  'an object is there once': [[AUTOSCALER, 'metadata.name', 'mobile', `${AUTOSCALER} mobile in facet`]],
  'a namespace is there': [
    ['Service', 'metadata.namespace', undefined, 'Service web in undefined'],
    ['Service', 'metadata.namespace', 'default', 'Service web in default'],
  ],
  'a Deployment selects its own pods, and no others': [
    ['Deployment', 'spec.selector.matchLabels', { app: 'web' }, 'Deployment web selects nothing'],
    ['Deployment', 'spec.selector.matchLabels', FACET, 'Deployment web selects Deployment '],
  ],
  'a Service, a budget and a policy are about the pods of their name': [
    ['Service', 'spec.selector', FACET, 'Service web selects Deployment '],
    ['Service', 'spec.selector', { app: 'web' }, 'Service web selects nothing'],
    ['PodDisruptionBudget', 'spec.selector', {}, 'PodDisruptionBudget web selects Deployment '],
    ['NetworkPolicy', 'spec.podSelector.matchLabels', { app: 'web' }, 'NetworkPolicy web selects nothing'],
  ],
  'a policy for all pods lets nothing in or out': [['NetworkPolicy', 'spec.podSelector', {}, 'NetworkPolicy web']],
  'a Service leads to a port of its pods': [
    ['Service', 'spec.ports.0.targetPort', 'https', 'Service web: https of Deployment web'],
    ['Service', 'spec.ports.0.targetPort', 4_001, 'Service web: 4001 of Deployment web'],
  ],
  'a policy opens ports that its pods have': [
    ['NetworkPolicy', 'spec.ingress.0.ports.0.port', 4_001, 'NetworkPolicy web: 4001 of Deployment web'],
  ],
  'an autoscaler scales a Deployment that is there': [
    [AUTOSCALER, 'spec.scaleTargetRef.name', 'tv', `${AUTOSCALER} web: Deployment tv`],
    [AUTOSCALER, 'spec.scaleTargetRef.kind', 'StatefulSet', `${AUTOSCALER} web: StatefulSet web`],
  ],
};

describe('the rules detect objects that an API server rejects', () => {
  test('every rule has a test', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(Object.keys(RULES).sort());
  });

  const all = Object.entries(PLANTED).flatMap(([rule, plantings]) =>
    plantings.map(([kind, path, value, says]) => ({ rule, kind, path, value, says })),
  );

  test.each(all)('$rule: $kind, $path = $value', ({ rule, kind, path, value, says }) => {
    const objects = objectsOf('production');
    setAt(
      objects.find((object) => object.kind === kind && metadataOf(object).name === 'web'),
      path,
      value,
    );
    const found = refusalsOf({ objects, secrets }).filter((refusal) => refusal.startsWith(`${rule}: `));
    expect(found).toEqual([expect.stringContaining(says)]);
  });

  test('a secret without instructions', () => {
    expect(refusalsOf({ objects: objectsOf('production'), secrets: [] })).toContain(
      'what a variable comes from is there: Deployment web: facet-cache/url',
    );
  });
});
