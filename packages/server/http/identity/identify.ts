import type { IncomingMessage } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import { UnauthenticatedError } from '../../request/errors.ts';
import { type Identity, identityOf } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sampledLog } from '../../telemetry/log.ts';
import type { IdentitySettings } from '../settings/identity.ts';
import { isAmong } from './networks.ts';
import { identifyByToken } from './token.ts';

/**
 * Identifies the caller of a request, without a promise if nothing has to be waited for. Throws or rejects with UnauthenticatedError, and
 * with IdentityUnavailableError if the issuer's keys are missing.
 */
export interface Identify {
  (request: IncomingMessage): Identity | Promise<Identity>;
  /** Resolves when its modules are loaded and the issuer's keys were fetched once, successfully or not. */
  readonly loaded?: Promise<unknown>;
}

/** Identifies callers as the setting IDENTITY says. `header` is the name under which the services get the identity in either case. */
export function createIdentify(settings: IdentitySettings, header: string, log: Logger): Identify {
  return settings.by === 'jwt'
    ? identifyByToken(settings, header, log)
    : identifyByHeader(settings.trustedProxies, header, log);
}

/** The header of a request that identifies its caller. */
export function credentialOf({ by }: IdentitySettings, header: string): string {
  return by === 'jwt' ? 'Authorization' : header;
}

/**
 * Identifies callers by the header that the gateway sets. The header counts only on connections from `proxies`; X-Forwarded-For does not.
 * Undefined trusts every connection.
 */
export function identifyByHeader(proxies: BlockList | undefined, header: string, log: Logger): Identify {
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

const IS_TRUSTED = Symbol('is trusted');

type Peer = Socket & { [IS_TRUSTED]?: boolean };

/** Looked up once for each connection, since its address does not change. */
function isTrusted(socket: Peer, proxies: BlockList): boolean {
  // A connection that the caller has closed has no address any more.
  socket[IS_TRUSTED] ??= isAmong(proxies, socket.remoteAddress ?? '');
  return socket[IS_TRUSTED];
}
