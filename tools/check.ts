/**
 * Prints what every screen of every client costs at most, and ends with 1 where one passes the budget of its team
 * (bffs/CLIENT/budget.json).
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkClient } from './check/client.ts';

const BFFS = fileURLToPath(new URL('../bffs/', import.meta.url));

for (const client of readdirSync(BFFS).sort()) {
  const { report, problems } = await checkClient(client);
  process.stdout.write(`${report}\n\n`);
  for (const problem of problems) process.stderr.write(`${client}: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
