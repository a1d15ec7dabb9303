import { expect, test } from '@jest/globals';
import { createJudge } from './answer.ts';

const WHOLE =
  '{"data":{"dashboard":{"profile":{"id":"u_1"},"orders":[{"id":"o_1","total":null},{"id":"o_2","total":7}]}}}';

const partial = (dashboard: string, ...paths: readonly (readonly (string | number)[])[]) =>
  `{"errors":${JSON.stringify(paths.map((path) => ({ path })))},"data":{"dashboard":${dashboard}}}`;

const judge = createJudge(WHOLE, 'u_1');

test.each([
  ['whole', 200, WHOLE],
  ['whole', 200, WHOLE.replace(/}$/, ',"extensions":{"stale":[]}}')],
  ['wrong', 200, WHOLE.replace('o_1', 'o_9')],
  ['wrong', 200, WHOLE.replace('o_1', 'o_9').replace(/}$/, ',"extensions":{"stale":[]}}')],
  ['wrong', 200, WHOLE.replace('7}', 'null}')],
  ['wrong', 200, WHOLE.replace(/}$/, ',"errors":[]}')],
  [
    'wrong',
    200,
    '{"data":{"dashboard":{"orders":[{"id":"o_1","total":null},{"id":"o_2","total":7}],"profile":{"id":"u_1"}}}} ',
  ],
  ['wrong', 200, WHOLE.replace('{"data"', '{"errors":[],"data"')],
  ['wrong', 200, WHOLE.replace('{"data"', '{"errors":[{"path":["dashboard","orders"]}],"data"')],
  ['refused', 503, '{"errors":[{"extensions":{"code":"OVERLOADED"}}]}'],
  ['wrong', 503, '{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'],
  ['wrong', 500, WHOLE],
  ['wrong', 200, WHOLE.replace('u_1', 'u_2')],
  ['wrong', 200, WHOLE.slice(0, -1)],
  ['wrong', 200, `${WHOLE.slice(0, -2)} `],
  ['wrong', 200, '{"errors":[{"message":"Unknown field."}]}'],
  ['wrong', 200, partial('null', ['dashboard'])],
  ['wrong', 200, ''],
])('%s is %i %s', (verdict, status, text) => {
  expect(judge({ status, body: Buffer.from(text) }, 'u_1')).toBe(verdict);
});

test.each([
  ['partial', 'with a null section and its error', '{"profile":{"id":"u_1"},"orders":null}', ['dashboard', 'orders']],
  [
    'partial',
    'with a null item and its error',
    '{"profile":{"id":"u_1"},"orders":[{"id":"o_1","total":null},null]}',
    ['dashboard', 'orders', 1, 'total'],
  ],
  ['wrong', 'with a null section and the error of another', '{"profile":null,"orders":null}', ['dashboard', 'orders']],
  [
    'wrong',
    'with a value that differs beside a null section',
    '{"profile":{"id":"u_2"},"orders":null}',
    ['dashboard', 'orders'],
  ],
  ['wrong', 'without a section', '{"orders":null}', ['dashboard', 'orders']],
  [
    'wrong',
    'with rows in another order',
    '{"profile":null,"orders":[{"id":"o_2","total":7},{"id":"o_1","total":null}]}',
    ['dashboard', 'profile'],
  ],
])('%s is a response %s', (verdict, _, dashboard, path) => {
  expect(judge({ status: 200, body: Buffer.from(partial(dashboard, path)) }, 'u_1')).toBe(verdict);
});

test("expects each user's own id in the response", () => {
  expect(judge({ status: 200, body: Buffer.from(WHOLE.replace('u_1', 'u_8')) }, 'u_8')).toBe('whole');
});
