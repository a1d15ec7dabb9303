import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readManifests, readScreens, type Screen, ScreensError } from '@facet/server/internal/graphql/screens.ts';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { table } from '../table.ts';
import type { Past } from './history.ts';
import { type SchemaChange, type SchemaImpact, schemaImpact } from './schema.ts';
import type { Report } from './service-report.ts';

interface ClientName {
  readonly client: string;
  /** Whether the client accepts ad-hoc operations in production. */
  readonly isOpen: boolean;
}

/** The effects of a client's current schema on its current screens and on those of an earlier commit. */
export async function clientImpact({ client, isOpen }: ClientName, root: string, past: Past): Promise<Report> {
  const path = `schemas/${client}.graphql`;
  const before = past.read(path);
  const after = readFileSync(root + path, 'utf8');
  const head = headOf(client, past);
  const schema = schemaOf(after);
  if (typeof schema === 'string')
    return { text: `${head}\n\n${path} is not a valid schema: ${schema}`, isBroken: true, isUnclear: false };
  const problem = screensProblem(client, root, schema);
  const report =
    before === undefined
      ? { text: 'The client did not exist then, so nothing can break.', isBroken: false, isUnclear: false }
      : reportOf({ client, isOpen }, await schemaImpact(before, after, (old) => pastScreens(client, past, old)), past);
  return {
    text: [head, ...(problem === undefined ? [] : [problem]), report.text].join('\n\n'),
    isBroken: report.isBroken || problem !== undefined,
    isUnclear: report.isUnclear ?? false,
  };
}

/** The schema, or its error message. */
function schemaOf(sdl: string): GraphQLSchema | string {
  try {
    return buildSchema(sdl);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The error message for the current screens; undefined if they are valid. */
function screensProblem(client: string, root: string, schema: GraphQLSchema): string | undefined {
  try {
    readScreens(`${root}bffs/${client}/screens`, schema);
    readManifests(`${root}bffs/${client}/documents`, schema);
    return undefined;
  } catch (error) {
    if (error instanceof ScreensError) return error.message.replaceAll(root, '');
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

function reportOf({ client, isOpen }: ClientName, { changes, unfit }: SchemaImpact, past: Past): Report {
  const breaking = changes.filter(({ level }) => level === 'breaking');
  const broken = new Set([...breaking.flatMap(({ screens }) => screens), ...unfit.map(({ screen }) => screen)]);
  const isBroken = broken.size > 0 || (isOpen && breaking.length > 0);
  const sections = [
    changes.length === 0 ? [] : [table(['change', 'level', 'screens'], changes.map(rowOf))],
    unfit.length === 0
      ? []
      : [
          `Screens of ${past.name} that are invalid in the new schema:`,
          unfit.map(({ screen, problem }) => `- ${screen}: ${problem}`).join('\n'),
        ],
    [verdictOf(client, isOpen, breaking.length, [...broken])],
  ];
  const isUnclear = changes.some(({ level, screens }) => level === 'unclear' && (isOpen || screens.length > 0));
  return { text: sections.flat().join('\n\n'), isBroken, isUnclear };
}

const headOf = (client: string, past: Past): string => `# ${client} compared with ${past.name}`;

const rowOf = ({ text, level, screens }: SchemaChange): string[] => [
  text,
  level,
  screens.length === 0 ? 'none' : screens.join(', '),
];

function verdictOf(client: string, isOpen: boolean, breaking: number, broken: readonly string[]): string {
  if (broken.length > 0) return `${client} breaks ${broken.join(', ')}.`;
  if (breaking === 0) return `Nothing breaks in ${client}.`;
  return isOpen
    ? `${client} breaks: no registered screen uses what has changed, but the client accepts ad-hoc operations.`
    : `Nothing breaks in ${client}: no registered screen uses what has changed.`;
}
