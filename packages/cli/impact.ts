/** npm run impact: says which screens of which clients a change of a service's document or of a client's schema breaks. */

import { runCommand, UsageError } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { GraphQLError } from 'graphql';
import { allClients } from './clients.ts';
import { impactFor } from './impact/command.ts';
import { COMMAND, questionIn } from './impact/options.ts';
import { readServices } from './project.ts';

/** Exit code where it cannot be told what breaks; 1 says that something does. */
const CANNOT_BE_TOLD = 2;

// npm runs scripts in the project's folder, and says where it was called.
const FOLDER = process.env['INIT_CWD'] ?? process.cwd();

await runCommand(COMMAND, async ({ values }) => {
  const bffs = await allClients();
  const question = questionIn(
    values,
    bffs.map(({ client }) => client),
    Object.keys(await readServices()),
    FOLDER,
  );
  try {
    const { text, isBroken, isUnclear } = await impactFor(question, bffs);
    process.stdout.write(`${text}\n`);
    process.exitCode = isBroken ? 1 : isUnclear ? 2 : 0;
  } catch (error) {
    if (!(error instanceof InputError || error instanceof GraphQLError) || error instanceof UsageError) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = CANNOT_BE_TOLD;
  }
});
