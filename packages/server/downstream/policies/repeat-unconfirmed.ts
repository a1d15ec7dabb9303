import type { IncomingHttpHeaders } from 'node:http';
import type { Call, Policy } from '../call.ts';

/**
 * Repeats a conditional call without its validators when the 304 is about another version than the stored one (RFC 9111,
 * section 4.3.4). The repetition counts as an attempt of the same call, as a retry does, within the same deadline. A 304 to a
 * call without validators is a bad response, so that there is no second repetition.
 */
export const repeatUnconfirmed: Policy = (next) => (call, caller, record) => {
  const { validators, ...unconditional } = call;
  if (validators === undefined) return next(call, caller, record);
  return next(call, caller, record).then((answer) => {
    if (answer.status !== 304 || isConfirmed(validators, answer.headers)) return answer;
    record.attempts += 1;
    return next(unconditional, caller, record);
  });
};

/**
 * Whether a 304 is about the version with these validators. A strong ETag must be the same strong one. A weak ETag is compared
 * weakly. Without an ETag, Last-Modified decides. A 304 without any validator is about the only version that was named.
 */
function isConfirmed(validators: NonNullable<Call['validators']>, { etag, ...headers }: IncomingHttpHeaders): boolean {
  const stored = validators['if-none-match'];
  if (etag !== undefined) return isWeak(etag) ? opaqueTag(etag) === opaqueTag(stored) : etag === stored;
  const modified = headers['last-modified'];
  return modified === undefined || modified === validators['if-modified-since'];
}

const isWeak = (etag: string): boolean => etag.startsWith('W/');
const opaqueTag = (etag: string | undefined): string | undefined => etag?.replace(/^W\//, '');
