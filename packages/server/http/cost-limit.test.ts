import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let services: ReferenceServices;
let running: RunningBff;
beforeAll(async () => {
  services = await startReferenceServices();
  running = await startBff(web, services.urls);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

const page = (alias: string, first: string) =>
  `${alias}: dashboard { loans(first: ${first}, after: "${alias}") { items { book { id } } } }`;
const pages = (first: string) => ['a', 'b', 'c'].map((alias) => page(alias, first)).join(' ');
const STRICT = { accept: 'application/graphql-response+json' };

test('an operation that could make too many calls is refused, and nothing is called', async () => {
  services.arrived.length = 0;
  for (let time = 0; time < 2; time += 1) {
    expect(await running.query(`{ ${pages('100')} }`, {}, STRICT)).toMatchObject({
      status: 400,
      errors: [
        {
          message: 'The operation could make 63 calls, and 60 are allowed; 20 of them at a.loans.items.book.',
          extensions: { code: 'OPERATION_TOO_EXPENSIVE', calls: 63, maxCalls: 60, path: 'a.loans.items.book' },
        },
      ],
    });
  }
  expect(services.arrived).toEqual([]);
});

test('what it could make depends on what is asked for', async () => {
  expect((await running.query(`{ ${pages('10')} }`)).errors).toEqual([]);
  const text = `query($n: Int!) { ${pages('$n')} }`;
  expect((await running.query(text, { n: 10 })).errors).toEqual([]);
  expect((await running.query(text, { n: 100 })).errors).toMatchObject([
    { extensions: { code: 'OPERATION_TOO_EXPENSIVE', calls: 63 } },
  ]);
  const byDefault = `query($n: Int! = 10) { ${pages('$n')} }`;
  expect((await running.query(byDefault)).errors).toEqual([]);
});

test('a variable of a wrong type is told as that', async () => {
  const answer = await running.query(`query($n: Int!) { ${pages('$n')} }`, { n: '100' }, STRICT);
  expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(answer.errors[0]?.message).toMatch(/"\$n".*Int/);
});

test('what is not even possible is refused for that', async () => {
  expect((await running.query(`{ ${pages('1000')} }`)).errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('a registered screen is held by its own budget alone', async () => {
  expect((await running.screen('Dashboard', { first: 100 })).errors).toEqual([]);
});
