import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { expect, test } from '@jest/globals';

const FACET = fileURLToPath(new URL('facet.ts', import.meta.url));
const { NODE_OPTIONS: _, ...environment } = process.env;

async function explain(...args: string[]): Promise<string> {
  const options = { cwd: FIXTURE, env: environment };
  return (await promisify(execFile)(process.execPath, [FACET, 'explain', ...args], options)).stdout;
}

/** The cells of the line of a field. */
function lineOf(field: string, output: string): string[] | undefined {
  const lines = output.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return lines.find(([, name]) => name === field)?.slice(1, -1);
}

test('prints the endpoint, the wave and the origin of the key of each field that calls a service', async () => {
  const output = await explain('web', 'Dashboard');
  expect(output).toMatch(/^## Dashboard\n/);
  expect(lineOf('profile', output)).toEqual(['profile', '1', 'members GET /members?ids', 'key: caller']);
  expect(lineOf('loans', output)).toEqual([
    'loans',
    '1',
    'loans GET /loans',
    'limit: argument first, after: argument after',
  ]);
  expect(lineOf('book', output)).toEqual(['book', '2', 'library GET /books?ids', 'key: .bookId']);
});

test('prints all screens of a client, and the fields of a connection', async () => {
  const output = await explain('partner');
  expect(output.match(/^## .*/gm)).toEqual(['## BookFeed', '## LoanStatus']);
  expect(lineOf('edges', output)).toEqual(['edges', '', 'awaited', '']);
});

test.each([
  [['wep'], 'There is no client "wep". Did you mean web?'],
  [['web', 'Dashbord'], 'web has no screen "Dashbord". Did you mean Dashboard?'],
])('%j is an error with a suggestion', async (args, message) => {
  await expect(explain(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
});
