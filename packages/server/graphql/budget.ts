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

/** The limits that a client's team sets: for each screen, and for any operation that is not registered. */
export type Budget = z.infer<typeof budget>;

/** All problems of a budget file, one per line: file, line and column if known, problem, suggestion. */
export class BudgetError extends InputError {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Reads a budget file. Throws a BudgetError with all problems. */
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
  const location = typeof last === 'string' ? placeOfProperty(path, last) : path;
  return [`${location}: ${within}: ${issue.message}`];
}

/**
 * The screens that exceed their budget, the screens without a budget, and the budgets without a screen, as sentences. `unknown` lists the
 * screens whose cost could not be computed.
 */
export function breachesOf(
  { screens }: Budget,
  costs: ReadonlyMap<string, Cost>,
  unknown: readonly string[] = [],
): string[] {
  const missing = [...costs.keys()]
    .filter((name) => !Object.hasOwn(screens, name))
    .map((name) => `${name} has no budget.`);
  const orphans = Object.keys(screens).filter((name) => !costs.has(name) && !unknown.includes(name));
  const exceeded = Object.entries(screens).flatMap(([name, allowed]) => {
    const cost = costs.get(name);
    return cost
      ? FIGURES.filter((figure) => cost[figure] > allowed[figure]).map(
          (figure) => `${name} can take ${cost[figure]} ${figure}; its budget is ${allowed[figure]}.`,
        )
      : [];
  });
  return [...missing, ...orphans.map((name) => `${name} has a budget, and there is no such screen.`), ...exceeded];
}

const FIGURES = ['calls', 'waves', 'rows'] as const;
