/** `facet impact`: lists the screens that a change of a service's OpenAPI document or of a client's schema breaks. */

import { runCommand, UsageError } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { GraphQLError } from 'graphql';
import { allClients } from './clients.ts';
import { COMMAND, impactFor, questionIn } from './impact/command.ts';
import { readServices } from './project.ts';

/** Exit code if it is unclear whether something breaks. Exit code 1 means that something does. */
const UNCLEAR = 2;

// npm runs scripts in the project root and passes the caller's directory in INIT_CWD.
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
    process.exitCode = isBroken ? 1 : isUnclear ? UNCLEAR : 0;
  } catch (error) {
    if (!(error instanceof InputError || error instanceof GraphQLError) || error instanceof UsageError) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = UNCLEAR;
  }
});
