import type { ExplainedCall } from '@facet/server/internal/http/sandbox/protocol.ts';
import { expect, test } from '@jest/globals';
import { badgesOf } from './page/waterfall/badges.ts';

const CALL: ExplainedCall = {
  service: 'library',
  endpoint: 'GET /books?ids',
  keys: 3,
  wave: 1,
  startMs: 0,
  endMs: 1,
  status: 200,
  bytes: 10,
  attempts: 1,
  hedged: false,
  shared: false,
  cached: false,
  staleKeys: 0,
  failure: null,
  fields: [],
  split: null,
};

test.each<[Partial<ExplainedCall>, readonly string[]]>([
  [{}, []],
  [{ cached: true, attempts: 0 }, ['cached']],
  [{ cached: true, staleKeys: 2 }, ['cached', '2 stale']],
  [{ cached: true, staleKeys: 3 }, ['cached', 'stale']],
  [{ cached: true, keys: 0, staleKeys: 1 }, ['cached', 'stale']],
  [{ shared: true, hedged: true }, ['shared', 'hedged']],
  [{ attempts: 2, status: 503, failure: 'SERVICE_UNAVAILABLE' }, ['1 retry', 'unavailable']],
  [{ attempts: 3 }, ['2 retries']],
  [{ failure: 'SERVICE_TIMEOUT' }, ['cancelled', 'timed out']],
  [{ failure: 'DEADLINE_EXCEEDED' }, ['cancelled', 'past the deadline']],
  [{ endMs: null }, ['cancelled']],
  [{ split: { calls: 2, needed: 1 }, shared: true }, ['shared', 'split: 2 calls for 1']],
  [{ failure: 'SERVICE_BAD_RESPONSE' }, ['invalid response']],
  [{ failure: 'SOMETHING_NEW' }, ['SOMETHING_NEW']],
])('%j: %j', (call, texts) => {
  expect(badgesOf({ ...CALL, ...call }).map(({ text }) => text)).toEqual(texts);
});
