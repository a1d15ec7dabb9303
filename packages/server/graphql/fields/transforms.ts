import { ExactNumber } from '../../request/exact-json.ts';
import { UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { guardConversion } from '../guard.ts';
import { readerOf } from '../inherited.ts';
import { type Money, moneyOf, toAmount } from '../money.ts';
import { type Field, type Plan, withPlan } from '../plan.ts';

type Names<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** The parent's property of another name: `avatar: prop('avatarUrl')`. */
export function prop<const Name extends string>(
  name: Name,
): (<Value>(row: { readonly [N in Name]: Value }) => Value) & { readonly plan: Plan } {
  return withPlan({ reads: [name], passthrough: true, calls: [] }, readerOf(name));
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

function filled(value: unknown): string {
  if (typeof value === 'string' || Number.isFinite(value)) return String(value);
  if (value instanceof ExactNumber) return value.toString();
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
  const plan = { reads: [cents, currency], calls: [], provides: ['amount', 'currency', 'formatted'] };
  return withPlan(plan, (row, _args: unknown, context: Context) =>
    moneyOf(row[cents], row[currency], context.request.locale),
  );
}

type AmountParent<Cents extends string, Currency extends string> = { readonly [N in Cents]: number } & {
  readonly [N in Currency]: string;
};

/** A property of a row, or `property.part` for a part of one that is an object. */
type PathIn<Row> = { [Name in keyof Row & string]: Name | PartOf<Name, Row[Name]> }[keyof Row & string];

type PartOf<Name extends string, Value> = Value extends readonly unknown[]
  ? never
  : Value extends object
    ? `${Name}.${keyof Value & string}`
    : never;

/** What of a row is not among these paths. */
type Unstated<Row, Path> = {
  [Name in keyof Row & string]: Name extends Path
    ? never
    : [PartOf<Name, Row[Name]>] extends [never]
      ? Name
      : Exclude<PartOf<Name, Row[Name]>, Path>;
}[keyof Row & string];

/**
 * Any other conversion of the parent's properties. `paths` names all that `convert` looks at, as a property or as a part
 * of one, and nothing else is there. A row that lacks one of them cannot be used: a property that may be missing is for
 * `resolver`.
 *
 *     shipTo: computed(['shippingAddress.city'], ({ shippingAddress }: Shipping) => shippingAddress.city)
 */
export function computed<Row extends object, const Path extends PathIn<Row>, Result>(
  paths: readonly Path[],
  convert: [Unstated<Row, Path>] extends [never] ? (row: Row, context: Context) => Result : never,
): Field<Row, unknown, Result> {
  const split = paths.map((path) => path.split('.'));
  const reads = [...new Set(split.map(([name = '']) => name))];
  const hasParts = split.some(({ length }) => length > 1);
  const plan: Plan = { reads, ...(hasParts ? { paths } : {}), calls: [], runs: 'conversion' };
  const guarded = guardConversion<Row, Result>(convert);
  return withPlan(plan, (row: Row, _args: unknown, context: Context) => {
    for (const names of split) {
      if (valueAt(row, names) === undefined) throw new UnusableDataError(`The row has no ${names.join('.')}.`);
    }
    return guarded(row, context);
  });
}

function valueAt(row: object, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) =>
      value === null || value === undefined ? undefined : readerOf(name)(value as Record<string, unknown>),
    row,
  );
}

/** A number for `computed` to go on with: whatever else a service has put in its place cannot be used. */
export function numberIn(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UnusableDataError('There is no number where one should be.');
}
