/**
 * What it takes to serve many screens: prints the tables of docs/scaling.md, from what was measured, which is the first table there.
 * With --check a few real BFFs are asked for a few minutes, and what they asked of the catalog stands beside what the simulation says;
 * the sizes of the answers are measured, too. CACHE_URL=redis://… gives those BFFs, and the simulated ones, a level that they share.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measuredIn } from './scaling/measured.ts';
import { documentTables } from './scaling/tables.ts';

const { check } = flags();
if (check) {
  const { checkSimulation } = await import('./scaling/check.ts');
  process.stdout.write(`${await checkSimulation()}\n`);
} else {
  const document = readFileSync(new URL('../docs/scaling.md', import.meta.url), 'utf8');
  for (const { title, text } of documentTables(measuredIn(document, 'What was measured'))) {
    process.stdout.write(`${title}\n\n${text}\n\n`);
  }
}

function flags(): { readonly check: boolean } {
  try {
    return parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
