import { table } from '../table.ts';
import type { Change } from './changes.ts';
import type { Breach } from './lengths.ts';
import type { BrokenField, Client, ServiceImpact } from './service.ts';

export interface Report {
  readonly text: string;
  /** Whether anything breaks that somebody asks for, or may ask for. */
  readonly isBroken: boolean;
}

/** Who breaks, in Markdown. */
export function reportOf(
  service: string,
  { changes, broken, byHand }: ServiceImpact,
  breaches: readonly Breach[],
  clients: readonly Client[],
): Report {
  const isOpen = (name: string) => clients.some((client) => client.name === name && client.isOpen);
  const asked = broken.filter(({ screens, client }) => screens.length > 0 || isOpen(client));
  const unasked = broken.filter((field) => !asked.includes(field));
  const isBroken = asked.length > 0 || breaches.length > 0;
  const sections = [
    changes.length === 0 ? [] : [table(HEAD, inRows(asked, isOpen))].filter(() => asked.length > 0),
    breaches.length === 0
      ? []
      : ['Budgets that no longer hold:', table(['client', 'screen', 'what'], breachRows(breaches))],
    unasked.length === 0
      ? []
      : [
          'Fields that break and that no registered screen asks for:',
          table(UNASKED_HEAD, inRows(unasked, isOpen).map(withoutScreens)),
        ],
    byHand.length === 0
      ? []
      : ['Fields written by hand that get what changes; look whether they read it:', byHandList(byHand)],
    unread(changes, [...broken, ...byHand], breaches),
    [
      table(
        ['client', 'breaks', 'untouched'],
        clients.map((client) => fateOf(client, asked, breaches)),
      ),
    ],
    [summaryOf(service, asked, breaches, clients)],
  ];
  return { text: [`# ${service}`, ...sections.flat()].join('\n\n'), isBroken };
}

const HEAD = ['change', 'endpoint', 'field', 'screens', 'client'];
const UNASKED_HEAD = HEAD.filter((title) => title !== 'screens');
const withoutScreens = (row: readonly string[]): string[] => row.filter((_, column) => HEAD[column] !== 'screens');

/** One row for each change, client and field; what the row above says is not said again. */
function inRows(broken: readonly BrokenField[], isOpen: (client: string) => boolean): string[][] {
  // By change: that of a service's team is one, that of the clients' teams are many.
  const sorted = [...Map.groupBy(broken, ({ change }) => change.text).values()].flat();
  const rows = sorted.map(({ change, endpoint, field, screens, client }) => [
    change.text,
    endpoint.name,
    field,
    screens.length > 0 ? screens.join(', ') : isOpen(client) ? 'none; any operation may' : '',
    client,
  ]);
  const unique = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
  return unique.map((row, index) => [unique[index - 1]?.[0] === row[0] ? '' : (row[0] ?? ''), ...row.slice(1)]);
}

const breachRows = (breaches: readonly Breach[]): string[][] =>
  breaches.map(({ client, screen, problem }) => [client, screen, problem]);

function byHandList(byHand: ServiceImpact['byHand']): string {
  const fields = Map.groupBy(byHand, ({ client, field, endpoint }) => `${client} ${field} (${endpoint.name})`);
  const lines = Array.from(fields, ([field, all]) => `- ${field}: ${all.map(({ change }) => change.text).join('; ')}`);
  return lines.join('\n');
}

/** Changes that matter to somebody who reads them, and that no client does. */
function unread(
  changes: readonly Change[],
  touched: readonly { readonly change: Change }[],
  breaches: readonly Breach[],
): string[] {
  const known = new Set(touched.map(({ change }) => change.text));
  const isCounted = ({ of }: Change) => breaches.length > 0 && of.about === 'answer' && of.what === 'length';
  const rest = changes.filter((change) => !known.has(change.text) && !isCounted(change));
  if (rest.length === 0) return [];
  const byText = Map.groupBy(rest, ({ text }) => text);
  const lines = Array.from(byText, ([text, same]) => {
    const operations = same.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    return `- ${text} (${operations.join(', ')})`;
  });
  return ['Changes that break nobody here:', lines.join('\n')];
}

function fateOf({ name, screens }: Client, asked: readonly BrokenField[], breaches: readonly Breach[]): string[] {
  const broken = new Set([
    ...asked.filter(({ client }) => client === name).flatMap((field) => field.screens),
    ...breaches.filter(({ client }) => client === name).map(({ screen }) => screen),
  ]);
  const names = [...new Set(screens.map((screen) => screen.name))];
  const untouched = names.filter((screen) => !broken.has(screen));
  const isUnregistered = broken.size === 0 && asked.some(({ client }) => client === name);
  return [name, isUnregistered ? 'operations of its callers' : listed([...broken]), listed(untouched)];
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));

function summaryOf(
  service: string,
  asked: readonly BrokenField[],
  breaches: readonly Breach[],
  clients: readonly Client[],
) {
  const names = clients.map(({ name }) => name);
  const hit = names.filter((name) => [...asked, ...breaches].some(({ client }) => client === name));
  if (hit.length === 0) return `Nothing breaks: ${listed(names)} are untouched.`;
  const rest = names.filter((name) => !hit.includes(name));
  const untouched = rest.length === 0 ? '' : ` ${listed(rest)} ${rest.length === 1 ? 'is' : 'are'} untouched.`;
  return `The new document of ${service} breaks ${listed(hit)}.${untouched}`;
}
