/**
 * Says who breaks before anybody does: npm run impact -- --service orders --openapi new.yaml for a service's new document,
 * npm run impact [-- --client web] [--against REF] for the schemas of the clients. Exit code 1 where something breaks, 2
 * where it cannot be told.
 */
import { GraphQLError } from 'graphql';
import { BudgetError } from '../shared/graphql/budget.ts';
import { ScreensError } from '../shared/graphql/screens.ts';
import { allClients } from './clients.ts';
import { impactFor } from './impact/command.ts';
import { DocumentError } from './impact/document.ts';
import { HistoryError } from './impact/history.ts';
import { WishError, wishIn } from './impact/wish.ts';

// Where npm was called: it runs scripts in the project's folder.
const FOLDER = process.env['INIT_CWD'] ?? process.cwd();

try {
  const bffs = await allClients();
  const clients = bffs.map(({ client }) => client);
  const { text, isBroken } = await impactFor(wishIn(process.argv.slice(2), clients, FOLDER), bffs);
  process.stdout.write(`${text}\n`);
  process.exitCode = isBroken ? 1 : 0;
} catch (error) {
  const isExpected = [WishError, DocumentError, HistoryError, ScreensError, BudgetError, GraphQLError].some(
    (kind) => error instanceof kind,
  );
  if (!isExpected) throw error;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
