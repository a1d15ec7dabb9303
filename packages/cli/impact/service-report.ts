import { table } from '../table.ts';
import type { Change } from './changes.ts';
import type { Breach } from './lengths.ts';
import type { BrokenField, Client, ServiceImpact } from './service.ts';

export interface Report {
  readonly text: string;
  /** Whether something breaks that a screen or an ad-hoc operation may use. */
  readonly isBroken: boolean;
  /** Whether the effect of a change on a screen or an ad-hoc operation is unclear. */
  readonly isUnclear: boolean;
}

/** The effects on all clients, in Markdown. */
export function reportOf(
  title: string,
  { changes, broken, handWritten }: ServiceImpact,
  breaches: readonly Breach[],
  clients: readonly Client[],
): Report {
  const open = new Set(clients.filter(({ isOpen }) => isOpen).map(({ name }) => name));
  const isUsed = ({ screens, client }: BrokenField) => screens.length > 0 || open.has(client);
  const { breaking = [], unclear = [], notice = [] } = Object.groupBy(broken, ({ change }) => change.level);
  const used = breaking.filter(isUsed);
  const unused = breaking.filter((field) => !isUsed(field));
  const unclearFields = unclear.filter(isUsed);
  const results = clients.map((client) => resultOf(client, used, breaches));
  const sections = [
    section('', used, (fields) => table(HEAD, inRows(fields))),
    section(`Budgets exceeded, because ${lengthsIn(changes)}:`, breaches, (all) =>
      table(['client', 'what'], all.map(breachRow)),
    ),
    section(UNCLEAR, unclearFields, (fields) => table(HEAD, inRows(fields))),
    section(NOTICES, notice.filter(isUsed), (fields) => table(HEAD, inRows(fields))),
    section(UNUSED, unused, (fields) => table(HEAD.toSpliced(SCREENS, 1), inRows(fields).map(withoutScreens))),
    section(HAND_WRITTEN, handWritten, handWrittenList),
    section('Changes that break no client:', unread(changes, [...broken, ...handWritten], breaches), changeList),
    [table(['client', 'breaks', 'untouched'], results.map(resultRow)), summaryOf(results)],
  ];
  return {
    text: [`# ${title}`, ...sections.flat()].join('\n\n'),
    isBroken: used.length > 0 || breaches.length > 0,
    isUnclear: unclearFields.length > 0,
  };
}

const HEAD = ['change', 'endpoint', 'field', 'screens', 'client'];
const SCREENS = HEAD.indexOf('screens');
const UNCLEAR = 'These changes may or may not break the fields that use them; check each one:';
const NOTICES = 'Changes that break nothing but may matter:';
const UNUSED = 'Broken fields that no registered screen uses:';
const HAND_WRITTEN = 'Hand-written fields that receive changed data; check whether they read it:';

/** Title and body of a section; nothing if there are no items. */
function section<Item>(title: string, items: readonly Item[], body: (items: readonly Item[]) => string): string[] {
  if (items.length === 0) return [];
  return title === '' ? [body(items)] : [title, body(items)];
}

/** A row per field, grouped by change. Only the first row of a group names the change. */
function inRows(broken: readonly BrokenField[]): string[][] {
  const sorted = [...Map.groupBy(broken, ({ change }) => change.text).values()].flat();
  const rows = sorted.map(({ change, endpoint, field, screens, client }) => [
    change.text,
    endpoint.name,
    field,
    screens.length > 0 ? screens.join(', ') : 'none, only ad-hoc operations',
    client,
  ]);
  return rows.map(([change = '', ...rest], index) => [rows[index - 1]?.[0] === change ? '' : change, ...rest]);
}

const withoutScreens = (row: readonly string[]): string[] => row.toSpliced(SCREENS, 1);

function lengthsIn(changes: readonly Change[]): string {
  const lengths = changes.filter(({ of }) => of.about === 'answer' && of.what === 'length');
  return [...new Set(lengths.map(({ text }) => text))].join(' and ');
}

const breachRow = ({ client, problem }: Breach): string[] => [client, problem];

function handWrittenList(handWritten: ServiceImpact['handWritten']): string {
  const fields = Map.groupBy(handWritten, ({ client, field, endpoint }) => `${client} ${field} (${endpoint.name})`);
  const lines = Array.from(fields, ([field, all]) => `- ${field}: ${all.map(({ change }) => change.text).join('; ')}`);
  return lines.join('\n');
}

/** Changes that affect no client. */
function unread(
  changes: readonly Change[],
  touched: readonly { readonly change: Change }[],
  breaches: readonly Breach[],
): Change[] {
  const known = new Set(touched.map(({ change }) => change.text));
  const isCounted = ({ of }: Change) => breaches.length > 0 && of.about === 'answer' && of.what === 'length';
  return changes.filter((change) => !known.has(change.text) && !isCounted(change));
}

function changeList(changes: readonly Change[]): string {
  const lines = Array.from(
    Map.groupBy(changes, ({ text }) => text),
    ([text, same]) => {
      const operations = same.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
      return operations.some((operation) => text.startsWith(operation))
        ? `- ${text}`
        : `- ${text} (${operations.join(', ')})`;
    },
  );
  return lines.join('\n');
}

interface ClientResult {
  readonly client: string;
  readonly isBroken: boolean;
  readonly broken: readonly string[];
  readonly untouched: readonly string[];
}

function resultOf(
  { name: client, screens }: Client,
  used: readonly BrokenField[],
  breaches: readonly Breach[],
): ClientResult {
  const own = used.filter((field) => field.client === client);
  const over = breaches.filter((breach) => breach.client === client);
  const hit = new Set([...own.flatMap((field) => field.screens), ...over.map(({ screen }) => screen)]);
  const names = [...new Set(screens.map(({ name }) => name))];
  return {
    client,
    isBroken: own.length > 0 || over.length > 0,
    broken: names.filter((name) => hit.has(name)),
    untouched: names.filter((name) => !hit.has(name)),
  };
}

function resultRow({ client, isBroken, broken, untouched }: ClientResult): string[] {
  return [client, isBroken && broken.length === 0 ? 'ad-hoc operations' : listed(broken), listed(untouched)];
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));

function summaryOf(results: readonly ClientResult[]): string {
  const broken = results.filter(({ isBroken }) => isBroken).map(({ client }) => client);
  const untouched = results.filter(({ isBroken }) => !isBroken).map(({ client }) => client);
  return [
    ...(broken.length > 0 ? [`This breaks ${listed(broken)}.`] : ['Nothing breaks.']),
    ...(untouched.length > 0 ? [`Untouched: ${listed(untouched)}.`] : []),
  ].join(' ');
}
