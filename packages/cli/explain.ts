/** `facet explain CLIENT [SCREEN]`: prints the plans of a client's screens. */
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { didYouMean } from '@facet/server/internal/command/nearest.ts';
import { describePlan, type PlanLine } from '@facet/server/internal/graphql/execution/describe-plan.ts';
import { conditionsOf, planOperation } from '@facet/server/internal/graphql/execution/operation-plan.ts';
import { readSchema } from '@facet/server/internal/graphql/schema.ts';
import { readScreens, type Screen } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { type GraphQLSchema, getOperationAST } from 'graphql';
import { clientNames } from './clients.ts';
import { ROOT } from './project.ts';
import { table } from './table.ts';

const COMMAND: Command<Record<never, never>> = {
  name: 'npm run explain',
  purpose:
    'Prints how the screens of a client are executed: which endpoint each field calls, in which wave, and where its keys come from. Fields that are "read" need no call: ' +
    'their values are taken from the row when the response is built. Fields behind @skip and @include are printed as if they were included.',
  words: ['CLIENT', '[SCREEN]'],
  examples: [
    ['web Dashboard', 'prints the plan of one screen'],
    ['web', 'prints the plans of all its screens'],
  ],
};

await runCommand(COMMAND, async ({ words: [client = '', name] }) => {
  const clients = clientNames();
  if (!clients.includes(client)) throw new InputError(`There is no client "${client}".${didYouMean(client, clients)}`);
  const { bff }: { bff: Bff } = await import(`${ROOT}bffs/${client}/bff.ts`);
  const schema = readSchema(`${ROOT}schemas/${client}.graphql`, bff.resolvers);
  const screens = readScreens(`${ROOT}bffs/${client}/screens`, schema);
  const names = screens.map((screen) => screen.name);
  if (name !== undefined && !names.includes(name)) {
    throw new InputError(`${client} has no screen "${name}".${didYouMean(name, names)}`);
  }
  const chosen = screens.filter((screen) => name === undefined || screen.name === name);
  process.stdout.write(`${chosen.map((screen) => explained(schema, screen)).join('\n\n')}\n`);
});

function explained(schema: GraphQLSchema, { name, document }: Screen): string {
  const operation = getOperationAST(document);
  if (!operation) throw new InputError(`${name}: the document must have exactly one operation.`);
  const included = Object.fromEntries(conditionsOf(document, operation));
  const lines = describePlan(planOperation(schema, document, operation, included));
  return `## ${name}\n\n${table(['field', 'wave', 'gets its values from', 'with'], lines.map(cellsOf))}`;
}

function cellsOf({ depth, fields, wave, action, from }: PlanLine): string[] {
  return [`${'  '.repeat(depth)}${fields}`, wave === undefined ? '' : String(wave), action, from];
}
