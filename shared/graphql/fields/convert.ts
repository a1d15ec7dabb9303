import { UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { type Money, moneyOf, toAmount } from '../money.ts';
import { type Field, type Plan, withPlan } from '../plan.ts';

type Names<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** The parent's property of another name: `avatar: prop('avatarUrl')`. */
export function prop<const Name extends string>(
  name: Name,
): (<Value>(row: { readonly [N in Name]: Value }) => Value) & { readonly plan: Plan } {
  return withPlan({ reads: [name], calls: [], isAsIs: true }, (row) => row[name]);
}

/** A text with the parent's properties in it: `text('Hi {firstName}')`. */
export function text<const Template extends string>(
  template: Template,
): Field<{ readonly [N in Names<Template>]: string | number }, unknown, string> {
  // Odd parts are names, even parts the text between them.
  const parts = template.split(/\{(\w+)\}/);
  const reads = parts.filter((_, index) => index % 2 === 1);
  return withPlan({ reads, calls: [] }, (row: Readonly<Record<string, string | number>>) =>
    parts.map((part, index) => (index % 2 === 1 ? filled(row[part]) : part)).join(''),
  );
}

function filled(value: string | number | undefined): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new UnusableDataError('A part of the text is missing.');
}

/** The parent's minor units as a number of its currency's major ones: 4200 cents of USD is 42. */
export function amount<const Cents extends string, const Currency extends string>(
  cents: Cents,
  currency: Currency,
): Field<AmountParent<Cents, Currency>, unknown, number> {
  return withPlan({ reads: [cents, currency], calls: [] }, (row) => toAmount(row[cents], row[currency]));
}

/** The parent's minor units as Money: the amount, its currency, and how the caller's locale writes it. */
export function money<const Cents extends string, const Currency extends string>(
  cents: Cents,
  currency: Currency,
): Field<AmountParent<Cents, Currency>, unknown, Money> {
  return withPlan({ reads: [cents, currency], calls: [] }, (row, _args: unknown, context: Context) =>
    moneyOf(row[cents], row[currency], context.request.locale),
  );
}

type AmountParent<Cents extends string, Currency extends string> = { readonly [N in Cents]: number } & {
  readonly [N in Currency]: string;
};

/**
 * Any other conversion of the parent's properties. `reads` names all that `convert` looks at, and nothing else is there.
 * A row that lacks one of them cannot be used: a property that may be missing is for `resolver`.
 */
export function computed<Row extends object, const Name extends keyof Row & string, Result>(
  reads: readonly Name[],
  convert: [Exclude<keyof Row, Name>] extends [never] ? (row: Row, context: Context) => Result : never,
): Field<Row, unknown, Result> {
  return withPlan({ reads, calls: [] }, (row: Row, _args: unknown, context: Context) => {
    for (const name of reads) {
      if (row[name] === undefined) throw new UnusableDataError(`The row has no ${name}.`);
    }
    return convert(row, context);
  });
}

/** A number for `computed` to go on with: whatever else a service has put in its place cannot be used. */
export function numberIn(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new UnusableDataError('There is no number where one should be.');
}
