import type { JWK, JWTVerifyGetKey } from 'jose';
import * as errors from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { Agent, request } from 'undici';
import { monotonicMs } from '../../request/clock.ts';
import { IdentityUnavailableError } from '../../request/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { materialOf, sortKeys } from './public-keys.ts';

const TIMEOUT_MS = 2_000;

/** Largest key set, in bytes. Issuers have about five keys of 0.5 KB, or 3 KB with certificates. */
const MAX_BYTES = 128 * 1024;

/** Shortest time between two fetches because of an unknown key, in milliseconds. */
const COOLDOWN_MS = 30_000;
/** The same while there is no key at all, and no caller can be identified. */
const FIRST_COOLDOWN_MS = 1_000;

/** Most key names in one log line. */
const MAX_LOGGED = 10;

type Find = ReturnType<typeof createLocalJWKSet>;

/**
 * The keys of an issuer (RFC 7517, section 5). Known keys stay valid while no others can be fetched, which jose's createRemoteJWKSet does
 * not offer. There is at most one fetch at a time.
 */
export class KeySet {
  readonly #url: string;
  readonly #log: Logger;
  readonly #cooldownMs: number;
  // No keep-alive: there is one fetch in minutes.
  readonly #agent = new Agent({ maxResponseSize: MAX_BYTES, pipelining: 0, allowH2: false });
  #keys: readonly JWK[] = [];
  /** Keys that were published with their secret are rejected until the process ends. */
  #leaked: ReadonlySet<string> = new Set();
  #find: Find | undefined;
  #isCurrent = false;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;

  constructor(url: string, log: Logger, { cooldownMs = COOLDOWN_MS } = {}) {
    this.#url = url;
    this.#log = log;
    this.#cooldownMs = cooldownMs;
  }

  /**
   * The key that a token names; the keys are fetched again if it is unknown. Rejects with jose's errors if no key or more than one key has
   * that name, and with IdentityUnavailableError if the last fetch failed.
   */
  readonly keyFor: JWTVerifyGetKey<CryptoKey> = async (header, token) => {
    const known = await this.#known(header, token);
    if (known) return known;
    if (this.#refreshing || this.#isCool) await this.refresh();
    const fetched = await this.#known(header, token);
    if (fetched) return fetched;
    throw this.#isCurrent ? new errors.JWKSNoMatchingKey() : new IdentityUnavailableError();
  };

  /** Fetches the keys. A failure is logged and keeps the known keys. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#fetch()
      .then(
        (keys) => {
          this.#use(keys);
          this.#isCurrent = true;
        },
        (err: unknown) => {
          this.#isCurrent = false;
          const rest = this.#find ? 'the known keys go on' : 'no token can be verified';
          this.#log.warn({ err }, `the key set could not be fetched: ${rest}`);
        },
      )
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  get #isCool(): boolean {
    const cooldownMs = this.#find ? this.#cooldownMs : Math.min(this.#cooldownMs, FIRST_COOLDOWN_MS);
    return monotonicMs() - this.#fetchedAt >= cooldownMs;
  }

  async #known(...[header, token]: Parameters<Find>): Promise<CryptoKey | undefined> {
    try {
      return await this.#find?.(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      throw error;
    }
  }

  #use(keys: readonly JWK[]): void {
    this.#keys = keys;
    this.#find = keys.length > 0 ? createLocalJWKSet({ keys: [...keys] }) : undefined;
  }

  async #fetch(): Promise<readonly JWK[]> {
    this.#fetchedAt = monotonicMs();
    const { statusCode, body } = await request(this.#url, {
      dispatcher: this.#agent,
      headers: { accept: 'application/jwk-set+json, application/json' },
      // For the whole response. Redirects are not followed: the operator chose whom to trust by this address.
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    const { usable, broken, leaked, leakedMaterial } = sortKeys(JSON.parse(text), this.#leaked);
    this.#leaked = leakedMaterial;
    if (leaked.length > 0) {
      const kids = leaked.slice(0, MAX_LOGGED);
      this.#log.error(
        { kids },
        'the key set contains private or symmetric keys: replace them, anybody can sign with them',
      );
      // Their public halves may be among the known keys.
      const rest = this.#keys.filter((key) => !leakedMaterial.has(materialOf(key)));
      if (rest.length < this.#keys.length) this.#use(rest);
    }
    if (broken.length > 0) this.#log.warn({ kids: broken.slice(0, MAX_LOGGED) }, 'keys of the key set are broken');
    // An issuer without any key has a fault: the known keys stay.
    if (usable.length === 0) throw new Error('The key set has no usable key.');
    return usable;
  }
}
