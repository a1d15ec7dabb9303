import { expect, test } from '@jest/globals';
import { judge } from './answer.ts';

const WHOLE = '{"data":{"dashboard":{"profile":{"id":"u_1"},"orders":[]}}}';

test.each([
  ['whole', 200, WHOLE],
  ['whole', 200, WHOLE.replace(/}$/, ',"extensions":{"stale":[]}}')],
  ['partial', 200, '{"errors":[{"path":["dashboard","profile"]}],"data":{"dashboard":{"profile":null,"orders":[]}}}'],
  ['refused', 503, '{"errors":[{"extensions":{"code":"OVERLOADED"}}]}'],
  ['wrong', 503, '{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'],
  ['wrong', 500, WHOLE],
  ['wrong', 200, WHOLE.replace('u_1', 'u_2')],
  ['wrong', 200, WHOLE.slice(0, -1)],
  ['wrong', 200, `${WHOLE.slice(0, -2)} `],
  ['wrong', 200, '{"errors":[{"message":"Unknown field."}]}'],
  ['wrong', 200, '{"errors":[{"path":["dashboard"]}],"data":{"dashboard":null}}'],
  ['wrong', 200, ''],
])('%s is %i %s', (verdict, status, text) => {
  expect(judge({ status, body: Buffer.from(text) }, 'u_1', WHOLE.length)).toBe(verdict);
});
