import type { IdentityHeader } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { IdentitySettings } from '../identity-settings.ts';
import { identifyByHeader } from './by-header.ts';
import { identifyByToken } from './by-token.ts';
import type { Identify } from './identify.ts';

/** Whoever asks is known to the services by `header`, wherever this server knows them from. */
export function createIdentify(settings: IdentitySettings, header: IdentityHeader, log: Logger): Identify {
  return settings.by === 'jwt'
    ? identifyByToken(settings, header, log)
    : identifyByHeader(settings.trustedProxies, header, log);
}

/** The header of a request that says who makes it. */
export function credentialOf({ by }: IdentitySettings, header: IdentityHeader): string {
  return by === 'jwt' ? 'Authorization' : header;
}
