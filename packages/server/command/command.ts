import { parseArgs } from 'node:util';
import { InputError } from './input-error.ts';
import { didYouMean } from './nearest.ts';
import { nodeProblem } from './node-version.ts';

/** An option of a command: a flag, or an option with a value. */
export type Option = Flag | ValueOption;

export interface Flag {
  readonly description: string;
}

export interface ValueOption {
  readonly description: string;
  /** Placeholder of the value in the help, such as PORT. */
  readonly value: string;
  readonly default?: string;
}

export interface Command<Options extends Readonly<Record<string, Option>>> {
  /** The command as it is typed, such as `npm run check`. */
  readonly name: string;
  /** The usage line, if it is not the name with its words and options. */
  readonly usage?: string;
  readonly purpose: string;
  readonly options?: Options;
  /** Positional arguments, such as CLIENT; `[CLIENT]` is optional. */
  readonly words?: readonly string[];
  /** The environment variables that the command reads, as describeEnvironment lists them. */
  readonly settings?: () => string;
  /** Examples: arguments after the name, and their effect. */
  readonly examples: readonly (readonly [parameters: string, does: string])[];
}

export type Values<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly value: string }
    ? Options[Name] extends { readonly default: string }
      ? string
      : string | undefined
    : boolean;
};

export interface Parsed<Options> {
  readonly values: Values<Options>;
  readonly words: readonly string[];
}

/** Wrong usage of a command: exit code 2. The message has one line per problem. */
export class UsageError extends InputError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const HELP = { description: 'Prints this help.' };

/** Exit code of wrong usage. */
const WRONG_USAGE = 2;

/**
 * Runs a command. Prints its help with --help. Reports all unknown options and arguments together, with exit code 2. Prints an InputError
 * that the command throws without its stack, with exit code 1.
 */
export async function runCommand<const Options extends Readonly<Record<string, Option>>>(
  command: Command<Options>,
  run: (parsed: Parsed<Options>) => void | Promise<void>,
): Promise<void> {
  const tooOld = nodeProblem(command.name);
  if (tooOld !== undefined) return fail(tooOld, 1);
  if (wantsHelp(process.argv.slice(2))) {
    process.stdout.write(helpOf(command));
    return;
  }
  try {
    await run(parseCommand(command, process.argv.slice(2), process.env));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fail(error.message, error instanceof UsageError ? WRONG_USAGE : 1);
  }
}

function fail(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

/** Whether the arguments contain --help or -h. */
export function wantsHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/** Parses the arguments of a command. Throws a UsageError with all problems. */
export function parseCommand<Options extends Readonly<Record<string, Option>>>(
  command: Command<Options>,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Parsed<Options> {
  const known: Readonly<Record<string, Option>> = command.options ?? {};
  const names = Object.keys(known);
  const config = Object.fromEntries(
    names.map((name) => [name, { type: hasValue(known[name]) ? ('string' as const) : ('boolean' as const) }]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems: string[] = [];
  const values = new Map<string, string | boolean>(
    Object.entries(known).flatMap(([name, option]) => (hasValue(option) ? [] : [[name, false]])),
  );
  for (const { name, rawName, value } of tokens.filter((token) => token.kind === 'option')) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) problems.push(`There is no option ${rawName}.${suggestion(name, names)}`);
    else if (values.get(name) !== undefined && values.get(name) !== false) problems.push(`${rawName} is given twice.`);
    else if (!hasValue(option) && value !== undefined) problems.push(`${rawName} takes no value, but has "${value}".`);
    else if (!hasValue(option)) values.set(name, true);
    else if (value === undefined || value === '' || value.startsWith('--')) {
      problems.push(`${rawName} needs a value: ${rawName} ${option.value}`);
    } else values.set(name, value);
  }
  const most = command.words?.length ?? 0;
  for (const word of positionals.slice(most)) problems.push(surplus(command, word, names));
  const missing = (command.words ?? []).slice(positionals.length).filter((word) => !word.startsWith('['));
  for (const word of missing) problems.push(`${word} is missing: ${usageOf(command)}`);
  problems.push(...names.filter((name) => isTakenByNpm(name, environment)).map((name) => takenByNpm(command, name)));
  if (problems.length > 0) throw new UsageError(problems);
  for (const [name, option] of Object.entries(known)) {
    if (hasValue(option) && option.default !== undefined && !values.has(name)) values.set(name, option.default);
  }
  // Each option was checked against its type above.
  return { values: Object.fromEntries(values) as Values<Options>, words: positionals };
}

function hasValue(option: Option | undefined): option is ValueOption {
  return option !== undefined && 'value' in option;
}

function suggestion(name: string, names: readonly string[]): string {
  const nearest = didYouMean(
    `--${name}`,
    [...names, 'help'].map((one) => `--${one}`),
  );
  return nearest === '' ? ' --help lists all options.' : nearest;
}

function surplus(
  { name, words = [] }: Command<Readonly<Record<string, Option>>>,
  word: string,
  names: readonly string[],
) {
  const takes = words.length === 0 ? 'no argument' : words.join(' ');
  const isOption = names.includes(word) ? ` Did you mean --${word}?` : '';
  return `Unexpected argument "${word}": ${name} takes ${takes}.${isOption}`;
}

/** Options of npm that users may have set for all commands. */
const OF_NPM = ['yes'];

/** npm consumes options before `--`, and passes them to scripts in environment variables. */
function isTakenByNpm(name: string, environment: NodeJS.ProcessEnv): boolean {
  if (OF_NPM.includes(name)) return false;
  return environment[`npm_config_${name.replaceAll('-', '_')}`] !== undefined;
}

function takenByNpm({ name }: Pick<Command<never>, 'name'>, option: string): string {
  return `npm consumed --${option}. Put -- before it: ${name} -- --${option}`;
}

function usageOf({ name, usage, options = {}, words = [] }: Command<Readonly<Record<string, Option>>>): string {
  if (usage !== undefined) return usage;
  const dashes = name.startsWith('npm') ? ' --' : '';
  const all = [...words, ...(Object.keys(options).length > 0 ? ['[options]'] : [])];
  return all.length === 0 ? name : `${name}${dashes} ${all.join(' ')}`;
}

/** The text of --help. */
export function helpOf(command: Command<Readonly<Record<string, Option>>>): string {
  const { name, purpose, options = {}, settings, examples } = command;
  const listed = Object.entries({ ...options, help: HELP }).map(([option, about]) => [
    hasValue(about) ? `--${option} ${about.value}` : `--${option}`,
    hasValue(about) && about.default !== undefined ? `${about.description} (${about.default})` : about.description,
  ]);
  const dashes = name.startsWith('npm') ? ' -- ' : ' ';
  const shown = examples.map(([parameters, does]) => [
    parameters === '' ? name : `${name}${dashes}${parameters}`,
    does,
  ]);
  return [
    `${purpose}\n`,
    `Usage: ${usageOf(command)}\n`,
    `Options:\n${columns(listed)}`,
    ...(settings === undefined ? [] : [settings()]),
    `Examples:\n${columns(shown)}`,
  ].join('\n');
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length)) + 2;
  return rows
    .map(([first = '', second = '']) => `  ${first.padEnd(width)}${second}`.trimEnd())
    .join('\n')
    .concat('\n');
}
