import type { BlockList, Socket } from 'node:net';
import { UnauthenticatedError } from '../../request/errors.ts';
import { type IdentityHeader, identityOf } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sampledLog } from '../../telemetry/log.ts';
import type { Identify } from './identify.ts';
import { isAmong } from './networks.ts';

const IS_TRUSTED = Symbol('is trusted');

type Peer = Socket & { [IS_TRUSTED]?: boolean };

/**
 * By the header that the gateway sets. From an address that is none of `proxies` it is worth nothing, whatever the request says
 * of where it came from before (X-Forwarded-For); undefined trusts everybody.
 */
export function identifyByHeader(proxies: BlockList | undefined, header: IdentityHeader, log: Logger): Identify {
  if (!proxies) return ({ headers }) => identityOf(headers, header);
  const tell = sampledLog(log, `${header} from an address that is none of TRUSTED_PROXIES`);
  return ({ headers, socket }) => {
    if (!isTrusted(socket, proxies)) {
      if (headers[header.toLowerCase()] !== undefined) tell({ peer: socket.remoteAddress });
      throw new UnauthenticatedError(header);
    }
    return identityOf(headers, header);
  };
}

/** Looked up once for each connection, whose other end stays the same. */
function isTrusted(socket: Peer, proxies: BlockList): boolean {
  // There is no address any more where the caller has gone.
  socket[IS_TRUSTED] ??= isAmong(proxies, socket.remoteAddress ?? '');
  return socket[IS_TRUSTED];
}
