import { z } from 'zod';
import { InputError } from './input-error.ts';
import { meantSetting } from './misspelt.ts';
import { didYouMean } from './nearest.ts';

/** All problems of the settings, one per line. */
export class SettingsError extends InputError {
  constructor(problems: readonly string[]) {
    super(`These settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** A setting for a port; 0 chooses a free one. */
export const portSetting = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/**
 * Reads settings from environment variables. Empty variables count as unset. Throws one SettingsError with all problems: wrong values,
 * misspelt names, and what `conflicts` returns.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  environment: NodeJS.ProcessEnv,
  conflicts: (given: Readonly<Record<string, string>>) => readonly string[] = () => [],
): z.infer<z.ZodObject<Shape>> {
  const given: Record<string, string> = Object.fromEntries(
    Object.entries(environment)
      .map(([name, value = '']) => [name, value.trim()])
      .filter(([, value]) => value !== ''),
  );
  const names = Object.keys(shape.shape);
  const { data, error } = shape.safeParse(given);
  const problems = [
    ...(error?.issues ?? []).map((issue) => problemOf(String(issue.path[0]), issue, given)),
    ...names
      .filter((name) => given[name] !== environment[name] && environment[name] !== '')
      .map((name) => `${name}: the value begins or ends with white space. Remove it.`),
    ...Object.keys(given).flatMap((name) => {
      const meant = meantSetting(name, names);
      if (meant === undefined) return [];
      return [`${name}: there is no such setting. Did you mean ${meant}?`];
    }),
    ...conflicts(given),
  ];
  if (problems.length > 0 || data === undefined) throw new SettingsError(problems);
  return data;
}

/** The message of a problem. zod's messages describe the converted number instead of the text. */
function problemOf(name: string, issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const text = given[name];
  if (text === undefined) return `${name}: ${issue.message}`;
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  if (issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int')) {
    const whole = issue.expected === 'int' || !/RATIO|UTILIZATION|_ARG$/.test(name);
    return `${name}: ${shown} is not a ${whole ? 'whole number' : 'number'}${unitOf(name)}.${converted(name, text)}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'number') {
    return `${name}: ${shown} is too small; the minimum is ${issue.minimum}.`;
  }
  if (issue.code === 'too_big' && issue.origin === 'number') {
    return `${name}: ${shown} is too large; the maximum is ${issue.maximum}.`;
  }
  if (issue.code === 'invalid_value') {
    const choices = issue.values.map(String);
    const isSwitch = choices.includes('true') && choices.includes('false');
    const listed = isSwitch ? 'true nor false' : choices.join(', ');
    const nearest = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    const hint = nearest === undefined ? didYouMean(text, choices) : ` Did you mean ${nearest}?`;
    return `${name}: ${shown} is ${isSwitch ? 'neither' : 'none of'} ${listed}.${hint}`;
  }
  return `${name}: ${issue.message}`;
}

function unitOf(name: string): string {
  if (name.endsWith('_MS')) return ' of milliseconds';
  return name.endsWith('_BYTES') ? ' of bytes' : '';
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  k: 1_024,
  kb: 1_024,
  kib: 1_024,
  m: 1_024 ** 2,
  mb: 1_024 ** 2,
  mib: 1_024 ** 2,
  g: 1_024 ** 3,
  gb: 1_024 ** 3,
  gib: 1_024 ** 3,
};

/** A suggestion for a value with a unit, such as 2s. */
function converted(name: string, text: string): string {
  const [, amount = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?) *([a-z]{1,4})$/i.exec(text) ?? [];
  const factor = (name.endsWith('_MS') ? MILLISECONDS : name.endsWith('_BYTES') ? BYTES : {})[unit.toLowerCase()];
  return factor === undefined ? '' : ` Did you mean ${Math.round(Number(amount) * factor)}?`;
}

/** A setting as --help and the documentation show it; the default is empty where there is none. */
export interface ListedSetting {
  readonly name: string;
  readonly description: string;
  readonly default: string;
}

/** The settings of a shape, in its order. */
export function listEnvironment(shape: z.ZodObject): ListedSetting[] {
  const { properties = {} } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description = '', default: fallback } = typeof property === 'object' ? property : {};
    return { name, description, default: fallback === undefined ? '' : String(fallback) };
  });
}

/** The settings with their meanings and defaults, for --help. */
export function describeEnvironment(shape: z.ZodObject): string {
  const settings = listEnvironment(shape);
  const width = Math.max(...settings.map(({ name }) => name.length)) + 1;
  const lines = settings.map(
    (setting) => `  ${setting.name.padEnd(width)} ${setting.description} (${setting.default || 'none'})`,
  );
  return `Settings, as environment variables (defaults in parentheses):\n${lines.join('\n')}\n`;
}
