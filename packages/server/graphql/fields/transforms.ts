import { ExactNumber } from '../../request/exact-json.ts';
import { UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { readerOf } from '../inherited.ts';
import { type Field, type Plan, type PlanExtensions, withPlan, withValue } from '../plan.ts';
import { guardConversion } from '../schema/guard.ts';
import { type Money, moneyOf, toAmount } from './money.ts';

type Names<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** A property of the parent with another name than the field: `avatar: prop('avatarUrl')`. */
export function prop<const Name extends string>(
  name: Name,
): {
  readonly resolve: <Value>(row: { readonly [N in Name]: Value }) => Value;
  readonly extensions: PlanExtensions;
} {
  return withPlan({ reads: [name], passthrough: true, calls: [] }, readerOf(name), { kind: 'property', name });
}

/** A text with properties of the parent: `text('Hi {firstName}')`. A missing property is an UnusableDataError. */
export function text<const Template extends string>(
  template: Template,
): Field<{ readonly [N in Names<Template>]: string | number }, unknown, string> {
  // Parts with an odd index are names; the others are the text between them.
  const parts = template.split(/\{(\w+)\}/);
  const reads = parts.filter((_, index) => index % 2 === 1);
  return withValue({ reads, calls: [] }, (row: Readonly<Record<string, string | number>>) =>
    parts.map((part, index) => (index % 2 === 1 ? filled(row[part]) : part)).join(''),
  );
}

function filled(value: unknown): string {
  if (typeof value === 'string' || Number.isFinite(value)) return String(value);
  if (value instanceof ExactNumber) return value.toString();
  throw new UnusableDataError('A property in the text is neither a string nor a number.');
}

/** Converts the parent's minor units to major units of its currency: 4200 with USD is 42. */
export function amount<const Cents extends string, const Currency extends string>(
  cents: Cents,
  currency: Currency,
): Field<AmountParent<Cents, Currency>, unknown, number> {
  return withValue({ reads: [cents, currency], calls: [] }, (row: AmountParent<Cents, Currency>) =>
    toAmount(row[cents], row[currency]),
  );
}

/** Converts the parent's minor units to Money: amount, currency, and the text in the caller's locale. */
export function money<const Cents extends string, const Currency extends string>(
  cents: Cents,
  currency: Currency,
): Field<AmountParent<Cents, Currency>, unknown, Money> {
  const plan = { reads: [cents, currency], calls: [], provides: ['amount', 'currency', 'formatted'] };
  return withValue(plan, (row: AmountParent<Cents, Currency>, _args: unknown, context: Context) =>
    moneyOf(row[cents], row[currency], context.request.locale),
  );
}

type AmountParent<Cents extends string, Currency extends string> = { readonly [N in Cents]: number } & {
  readonly [N in Currency]: string;
};

/** A property of a row, or `property.part` when the property is an object. */
type PathIn<Row> = { [Name in keyof Row & string]: Name | PartOf<Name, Row[Name]> }[keyof Row & string];

type PartOf<Name extends string, Value> = Value extends readonly unknown[]
  ? never
  : Value extends object
    ? `${Name}.${keyof Value & string}`
    : never;

/** The properties of a row that these paths do not include. */
type Undeclared<Row, Path> = {
  [Name in keyof Row & string]: Name extends Path
    ? never
    : [PartOf<Name, Row[Name]>] extends [never]
      ? Name
      : Exclude<PartOf<Name, Row[Name]>, Path>;
}[keyof Row & string];

/**
 * Any other conversion of the parent's properties. `paths` lists everything that `convert` reads, as `property` or `property.part`;
 * sparse fetching leaves out the rest. A row without one of them is an UnusableDataError: use `resolver` for optional properties.
 *
 *     shipTo: computed(['shippingAddress.city'], ({ shippingAddress }: Shipping) => shippingAddress.city)
 */
export function computed<Row extends object, const Path extends PathIn<Row>, Result>(
  paths: readonly Path[],
  convert: [Undeclared<Row, Path>] extends [never] ? (row: Row, context: Context) => Result : never,
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

/** Checks that a service's value is a finite number, for use in `computed`. Throws UnusableDataError. */
export function numberIn(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UnusableDataError('The value is not a finite number.');
}
