import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { readManifests, readScreens, type Screen, ScreensError } from '../../shared/graphql/screens.ts';
import { table } from '../table.ts';
import type { Past } from './history.ts';
import { type SchemaChange, type SchemaImpact, schemaImpact } from './schema.ts';
import type { Report } from './service-report.ts';

interface ClientName {
  readonly client: string;
  /** Whether operations that are not registered are answered in production. */
  readonly isOpen: boolean;
}

/** What a client's schema, as it is in `root`, does to its screens and to those that it had in the past. */
export async function clientImpact({ client, isOpen }: ClientName, root: string, past: Past): Promise<Report> {
  const path = `schemas/${client}.graphql`;
  const before = past.read(path);
  const after = readFileSync(root + path, 'utf8');
  const problems = currentProblems(client, root, path, after);
  const head = `# ${client} beside ${past.name}`;
  if (problems.length > 0) return { text: [head, ...problems].join('\n\n'), isBroken: true };
  if (before === undefined) return { text: `${head}\n\nIt was not there: nothing can break.`, isBroken: false };
  const impact = await schemaImpact(before, after, (schema) => pastScreens(client, past, schema));
  return reportOf(client, isOpen, head, impact);
}

/** What is wrong with the schema as it is, and with the screens that it has now. */
function currentProblems(client: string, root: string, path: string, sdl: string): string[] {
  try {
    const schema = buildSchema(sdl);
    readScreens(`${root}bffs/${client}/screens`, schema);
    readManifests(`${root}bffs/${client}/documents`, schema);
    return [];
  } catch (error) {
    if (error instanceof ScreensError) return [error.message.replaceAll(root, '')];
    if (error instanceof GraphQLError) return [`${path}:${error.locations?.[0]?.line ?? 1}: ${error.message}`];
    // Several at once are one plain Error.
    throw error;
  }
}

function pastScreens(client: string, past: Past, schema: GraphQLSchema): Screen[] {
  const folder = mkdtempSync(`${tmpdir()}/facet-past-`);
  try {
    for (const kind of ['screens', 'documents']) {
      mkdirSync(`${folder}/${kind}`);
      for (const file of past.list(`bffs/${client}/${kind}`)) {
        writeFileSync(`${folder}/${kind}/${file}`, past.read(`bffs/${client}/${kind}/${file}`) ?? '');
      }
    }
    return [...readScreens(`${folder}/screens`, schema), ...readManifests(`${folder}/documents`, schema)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reportOf(client: string, isOpen: boolean, head: string, { changes, unfit }: SchemaImpact): Report {
  const breaking = changes.filter(({ level }) => level === 'breaking');
  const broken = new Set([...breaking.flatMap(({ screens }) => screens), ...unfit.map(({ screen }) => screen)]);
  const isBroken = broken.size > 0 || (isOpen && breaking.length > 0);
  const sections = [
    changes.length === 0 ? [] : [table(['change', '', 'screens'], changes.map(rowOf))],
    unfit.length === 0
      ? []
      : [
          'Screens of then that the new schema refuses:',
          unfit.map(({ screen, problem }) => `- ${screen}: ${problem}`).join('\n'),
        ],
    [verdictOf(client, isOpen, breaking.length, [...broken])],
  ];
  return { text: [head, ...sections.flat()].join('\n\n'), isBroken };
}

const rowOf = ({ text, level, screens }: SchemaChange): string[] => [
  text,
  level,
  screens.length === 0 ? 'none' : screens.join(', '),
];

function verdictOf(client: string, isOpen: boolean, breaking: number, broken: readonly string[]): string {
  if (broken.length > 0) return `${client} breaks ${broken.join(', ')}.`;
  if (breaking === 0) return `Nothing of ${client} breaks.`;
  return isOpen
    ? `${client} breaks: no registered screen uses what has changed, but its callers send operations of their own.`
    : `Nothing of ${client} breaks: no registered screen uses what has changed.`;
}
