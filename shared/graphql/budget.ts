import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../command/input-error.ts';
import type { Cost } from './analysis/cost.ts';

const count = z.number().int().min(0);
const screen = z.strictObject({ calls: count, waves: count, rows: count });
const budget = z.strictObject({
  screens: z.record(z.string(), screen),
  adHoc: z.strictObject({ calls: count }),
});

/** What a client's team allows itself: per screen, and for any operation that is not registered. */
export type Budget = z.infer<typeof budget>;

/** Every problem of a budget file, a line each. */
export class BudgetError extends InputError {
  constructor(path: string, problems: readonly string[]) {
    super(`${path} is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The budget in a file. Throws one BudgetError with all its problems, unknown keys by their names. */
export function readBudget(path: string): Budget {
  const { data, error } = budget.safeParse(jsonIn(path));
  if (!error) return data;
  throw new BudgetError(
    path,
    error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`),
  );
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

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BudgetError(path, [error instanceof SyntaxError ? 'It is not JSON.' : 'It cannot be read.']);
  }
}
