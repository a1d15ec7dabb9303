/**
 * Prints what every screen of every client costs at most, and ends with 1 where one passes the budget of its team
 * (bffs/CLIENT/budget.json). With --measured each screen is also asked for once, in front of the reference services, and the
 * tables say what it fetched and what of it was used.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkClient } from './check/client.ts';

// Loaded for those who measure alone: it brings the services along.
const startMeasuring = async () => (await import('./check/measured.ts')).startMeasuring();

const BFFS = fileURLToPath(new URL('../bffs/', import.meta.url));

const { measured } = flags();
await using measuring = measured ? await startMeasuring() : undefined;

for (const client of readdirSync(BFFS).sort()) {
  const { report, problems } = await checkClient(client, { measuring });
  process.stdout.write(`${report}\n\n`);
  for (const problem of problems) process.stderr.write(`${client}: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

function flags(): { readonly measured: boolean } {
  try {
    return parseArgs({ options: { measured: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
