import { suggestionList } from 'graphql/jsutils/suggestionList.js';
import { type Answer, answerOf, type Value } from './answer.ts';
import type { Level, Operation } from './document.ts';

/** A change of a value in an operation's response. */
export interface AnswerChange {
  readonly about: 'answer';
  /** The property path of the value in Answer. */
  readonly property: string;
  readonly what: 'gone' | 'type' | 'missing' | 'values' | 'format' | 'length' | 'size' | 'opaque' | 'deprecated';
  /** For `values`: the new enum values; undefined if any text is allowed now. */
  readonly added?: readonly string[] | undefined;
  /** For `length`: the new maxItems; undefined if there is no bound now. */
  readonly most?: number | undefined;
}

interface Found {
  readonly text: string;
  readonly level: Level;
  readonly of: AnswerChange;
}

/** The changes of the values in an operation's response. */
export function answerChanges(before: Operation, after: Operation): Found[] {
  const old = answerOf(before.document, before.path, before.method);
  const now = answerOf(after.document, after.path, after.method);
  if (!old || !now) return [];
  const changes = old
    .allProperties()
    .sort()
    .flatMap((property) => changesAt(property, old, now));
  // Changes inside a removed or replaced value are not reported separately.
  const ends = changes.filter(({ of }) => of.what === 'gone' || of.what === 'type').map(({ of }) => of.property);
  return changes
    .filter(({ of }) => !ends.some((end) => isInside(of.property, end)))
    .map((change) => ({ ...change, level: LEVELS[change.of.what] ?? 'breaking' }));
}

const LEVELS: Readonly<Partial<Record<AnswerChange['what'], Level>>> = { opaque: 'unclear', deprecated: 'notice' };

/** Whether a property path lies inside another one. */
export function isInside(property: string, outer: string): boolean {
  return property !== outer && (outer === '' || property.startsWith(`${outer}.`));
}

function changesAt(property: string, before: Answer, after: Answer): Omit<Found, 'level'>[] {
  const old = before.at(property);
  const now = after.at(property);
  if (!old || old.isWriteOnly) return [];
  const name = property === '' ? 'the response' : property;
  if (!now) return [{ text: `${name} removed${renamed(property, old, before, after)}`, of: change(property, 'gone') }];
  if (now.isWriteOnly) return [{ text: `${name} is write-only`, of: change(property, 'gone') }];
  if (isOtherType(old, now)) {
    const text = `${name} is ${typeOf(now)}, was ${typeOf(old)}${wrapped(property, before, after)}`;
    return [{ text, of: change(property, 'type') }];
  }
  const found: Omit<Found, 'level'>[] = [];
  if (!old.isNullable && now.isNullable) found.push({ text: `${name} may be null`, of: change(property, 'missing') });
  if (!old.isOptional && now.isOptional) {
    found.push({ text: `${name} may be left out`, of: change(property, 'missing') });
  }
  found.push(...newValues(name, property, old.items ?? old, now.items ?? now));
  if (old.format === 'date-time' && now.format !== 'date-time') {
    found.push({ text: `${name} is no longer a date-time`, of: change(property, 'format') });
  }
  if (old.isInt32 && !now.isInt32) found.push({ text: `${name} may exceed 32 bits`, of: change(property, 'size') });
  if (now.isDeprecated && !old.isDeprecated)
    found.push({ text: `${name} is deprecated`, of: change(property, 'deprecated') });
  for (const keyword of new Set([...old.opaque.keys(), ...now.opaque.keys()])) {
    if (old.opaque.get(keyword) === now.opaque.get(keyword)) continue;
    found.push({ text: `${name} has a different ${keyword}`, of: change(property, 'opaque') });
  }
  if (old.maxItems !== undefined && (now.maxItems ?? Number.POSITIVE_INFINITY) !== old.maxItems) {
    const text = `${name} may hold ${now.maxItems ?? 'any number of'} items, was ${old.maxItems}`;
    found.push({ text, of: { ...change(property, 'length'), most: now.maxItems } });
  }
  return found;
}

const change = (property: string, what: AnswerChange['what']): AnswerChange => ({ about: 'answer', property, what });

/** Whether a value may have a type that it could not have before. Null is reported separately. */
function isOtherType(old: Value, now: Value): boolean {
  if (old.types.length > 0 && now.types.length === 0) return now.values === undefined || old.values === undefined;
  if (old.types.length > 0 && now.types.some((type) => !isWithin(type, old.types))) return true;
  if (!old.items || !now.items) return false;
  return isOtherType(old.items, now.items) || (!old.items.isNullable && now.items.isNullable);
}

const isWithin = (type: string, types: readonly string[]): boolean =>
  types.includes(type) || (type === 'integer' && types.includes('number'));

function typeOf({ types, isNullable, items }: Value): string {
  const names = types.map((type) => (type === 'array' && items ? `array of ${typeOf(items)}` : type));
  return [...(names.length > 0 ? names : ['anything']), ...(isNullable ? ['null'] : [])].join(' or ');
}

function newValues(name: string, property: string, old: Value, now: Value): Omit<Found, 'level'>[] {
  if (!old.values) return [];
  if (!now.values) return [{ text: `${name} may be any text`, of: change(property, 'values') }];
  const added = now.values.filter((value) => !old.values?.includes(value));
  if (added.length === 0) return [];
  return [{ text: `${name} may be ${added.join(' or ')}`, of: { ...change(property, 'values'), added } }];
}

/** Suggests a new property of the same type and object as the new name of a removed one. */
function renamed(property: string, old: Value, before: Answer, after: Answer): string {
  const parent = property.split('.').slice(0, -1).join('.');
  const known = before.propertiesAt(parent);
  const prefix = parent === '' ? '' : `${parent}.`;
  const candidates = after.propertiesAt(parent).filter((name) => {
    const value = known.includes(name) ? undefined : after.at(prefix + name);
    return value && typeOf(value) === typeOf(old) && value.format === old.format;
  });
  const [nearest] = suggestionList(property.slice(prefix.length), candidates);
  const likely = nearest ?? (candidates.length === 1 ? candidates[0] : undefined);
  return likely === undefined ? '' : `, probably renamed to ${prefix}${likely}`;
}

/** If an array became an object, suggests the property that probably holds the array's items now. */
function wrapped(property: string, before: Answer, after: Answer): string {
  const properties = before.propertiesAt(property);
  const holder = after.allProperties().find((inner) => {
    if (!isInside(inner, property) || !after.at(inner)?.types.includes('array')) return false;
    const there = after.propertiesAt(inner);
    return properties.length > 0 && properties.every((name) => there.includes(name));
  });
  return holder === undefined ? '' : `; its items are probably at ${holder}`;
}
