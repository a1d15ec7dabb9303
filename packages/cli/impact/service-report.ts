import { table } from '../table.ts';
import type { Change } from './changes.ts';
import type { Breach } from './lengths.ts';
import type { BrokenField, Client, ServiceImpact } from './service.ts';

export interface Report {
  readonly text: string;
  /** Whether anything breaks that somebody asks for, or may ask for. */
  readonly isBroken: boolean;
  /** Whether something changes, in what somebody asks for or may ask for, of which nobody can tell whether it breaks. */
  readonly isUnclear: boolean;
}

/** Who breaks, in Markdown. */
export function reportOf(
  title: string,
  { changes, broken, byHand }: ServiceImpact,
  breaches: readonly Breach[],
  clients: readonly Client[],
): Report {
  const open = new Set(clients.filter(({ isOpen }) => isOpen).map(({ name }) => name));
  const isAsked = ({ screens, client }: BrokenField) => screens.length > 0 || open.has(client);
  const { breaking = [], unclear = [], notice = [] } = Object.groupBy(broken, ({ change }) => change.level);
  const asked = breaking.filter(isAsked);
  const unasked = breaking.filter((field) => !isAsked(field));
  const doubts = unclear.filter(isAsked);
  const fates = clients.map((client) => fateOf(client, asked, breaches));
  const sections = [
    section('', asked, (fields) => table(HEAD, inRows(fields))),
    section(`Budgets that no longer hold, since ${lengthsIn(changes)}:`, breaches, (all) =>
      table(['client', 'what'], all.map(breachRow)),
    ),
    section(UNCLEAR, doubts, (fields) => table(HEAD, inRows(fields))),
    section(NOTICES, notice.filter(isAsked), (fields) => table(HEAD, inRows(fields))),
    section(UNASKED, unasked, (fields) => table(HEAD.toSpliced(SCREENS, 1), inRows(fields).map(withoutScreens))),
    section(BY_HAND, byHand, byHandList),
    section('Changes that break nobody here:', unread(changes, [...broken, ...byHand], breaches), changeList),
    [table(['client', 'breaks', 'untouched'], fates.map(fateRow)), summaryOf(fates)],
  ];
  return {
    text: [`# ${title}`, ...sections.flat()].join('\n\n'),
    isBroken: asked.length > 0 || breaches.length > 0,
    isUnclear: doubts.length > 0,
  };
}

const HEAD = ['change', 'endpoint', 'field', 'screens', 'client'];
const SCREENS = HEAD.indexOf('screens');
const UNCLEAR = 'It cannot be told whether these changes break what uses them; look:';
const NOTICES = 'Nothing breaks by these changes, but they may matter:';
const UNASKED = 'Fields that break, but for no registered screen:';
const BY_HAND = 'Fields written by hand that get what changes; look whether they read it:';

/** Nothing at all where there is nothing to tell. */
function section<Item>(title: string, items: readonly Item[], body: (items: readonly Item[]) => string): string[] {
  if (items.length === 0) return [];
  return title === '' ? [body(items)] : [title, body(items)];
}

/** A row for each field, by change: a service's team looks for its own one. It is named in the first of its rows. */
function inRows(broken: readonly BrokenField[]): string[][] {
  const sorted = [...Map.groupBy(broken, ({ change }) => change.text).values()].flat();
  const rows = sorted.map(({ change, endpoint, field, screens, client }) => [
    change.text,
    endpoint.name,
    field,
    screens.length > 0 ? screens.join(', ') : 'none; any operation may',
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

function byHandList(byHand: ServiceImpact['byHand']): string {
  const fields = Map.groupBy(byHand, ({ client, field, endpoint }) => `${client} ${field} (${endpoint.name})`);
  const lines = Array.from(fields, ([field, all]) => `- ${field}: ${all.map(({ change }) => change.text).join('; ')}`);
  return lines.join('\n');
}

/** Changes that would matter to somebody who used what changes, and that no client does. */
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

interface Fate {
  readonly client: string;
  readonly isBroken: boolean;
  readonly broken: readonly string[];
  readonly untouched: readonly string[];
}

function fateOf({ name: client, screens }: Client, asked: readonly BrokenField[], breaches: readonly Breach[]): Fate {
  const own = asked.filter((field) => field.client === client);
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

function fateRow({ client, isBroken, broken, untouched }: Fate): string[] {
  return [client, isBroken && broken.length === 0 ? 'operations of its callers' : listed(broken), listed(untouched)];
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));

function summaryOf(fates: readonly Fate[]): string {
  const broken = fates.filter(({ isBroken }) => isBroken).map(({ client }) => client);
  const untouched = fates.filter(({ isBroken }) => !isBroken).map(({ client }) => client);
  return [
    ...(broken.length > 0 ? [`This breaks ${listed(broken)}.`] : ['Nothing breaks.']),
    ...(untouched.length > 0 ? [`Untouched: ${listed(untouched)}.`] : []),
  ].join(' ');
}
