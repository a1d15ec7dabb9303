import { z } from 'zod';
import { InputError } from '../command/input-error.ts';
import { placeOfProperty, readJson } from '../command/json-file.ts';
import { didYouMean } from '../command/nearest.ts';
import type { Cost } from './analysis/cost.ts';

const count = z.number().int().min(0);
const screen = z.strictObject({ calls: count, waves: count, rows: count });
const budget = z.strictObject({
  screens: z.record(z.string(), screen),
  adHoc: z.strictObject({ calls: count }),
});

/** What a client's team allows itself: per screen, and for any operation that is not registered. */
export type Budget = z.infer<typeof budget>;

/** Every problem of a budget file, a line each: file, line and column where they are known, problem, suggestion. */
export class BudgetError extends InputError {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** The budget in a file. Throws one BudgetError with all its problems. */
export function readBudget(path: string): Budget {
  const read = readJson(path);
  if ('problem' in read) throw new BudgetError([read.problem]);
  const { data, error } = budget.safeParse(read.json);
  if (!error) return data;
  throw new BudgetError(error.issues.flatMap((issue) => problemsOf(issue, path)));
}

const KEYS = ['screens', 'adHoc', 'calls', 'waves', 'rows'];

function problemsOf(issue: z.core.$ZodIssue, path: string): string[] {
  const where = issue.path.join('.');
  const within = where === '' ? 'The file' : where;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const nearest = didYouMean(key, KEYS) || ' Delete it.';
      return `${placeOfProperty(path, key)}: ${within} has "${key}", which is not known.${nearest}`;
    });
  }
  const last = issue.path.findLast((part) => typeof part === 'string');
  const place = typeof last === 'string' ? placeOfProperty(path, last) : path;
  return [`${place}: ${within}: ${issue.message}`];
}

/**
 * What a screen may cost and does not keep to, in words; screens without a budget, and budgets without a screen, too.
 * `unknown` are screens whose cost nobody can tell.
 */
export function breachesOf(
  { screens }: Budget,
  costs: ReadonlyMap<string, Cost>,
  unknown: readonly string[] = [],
): string[] {
  const missing = [...costs.keys()]
    .filter((name) => !Object.hasOwn(screens, name))
    .map((name) => `${name} has no budget.`);
  const left = Object.keys(screens).filter((name) => !costs.has(name) && !unknown.includes(name));
  const passed = Object.entries(screens).flatMap(([name, allowed]) => {
    const cost = costs.get(name);
    return cost
      ? FIGURES.filter((figure) => cost[figure] > allowed[figure]).map(
          (figure) => `${name} can take ${cost[figure]} ${figure}; its budget is ${allowed[figure]}.`,
        )
      : [];
  });
  return [...missing, ...left.map((name) => `${name} has a budget, and there is no such screen.`), ...passed];
}

const FIGURES = ['calls', 'waves', 'rows'] as const;
