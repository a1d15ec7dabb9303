import { suggestionList } from 'graphql/jsutils/suggestionList.js';
import { type Answer, answerOf, type Value } from './answer.ts';
import type { Level, Operation } from './difference.ts';

/** A change of what an operation answers. The place is that of Answer. */
export interface AnswerChange {
  readonly about: 'answer';
  readonly place: string;
  readonly what: 'gone' | 'type' | 'missing' | 'values' | 'format' | 'length' | 'size' | 'opaque' | 'deprecated';
  /** Values that were not there before; undefined for any text. Of `values` only. */
  readonly added?: readonly string[] | undefined;
  /** Most items that there are now; undefined for any number. Of `length` only. */
  readonly most?: number | undefined;
}

interface Found {
  readonly text: string;
  readonly level: Level;
  readonly of: AnswerChange;
}

/** What has become of the values that an operation answers. */
export function answerChanges(before: Operation, after: Operation): Found[] {
  const old = answerOf(before.document, before.path, before.method);
  const now = answerOf(after.document, after.path, after.method);
  if (!old || !now) return [];
  const changes = old
    .places()
    .sort()
    .flatMap((place) => changesAt(place, old, now));
  // Whatever is in a value that is gone, or is another one now, needs no word of its own.
  const ends = changes.filter(({ of }) => of.what === 'gone' || of.what === 'type').map(({ of }) => of.place);
  return changes
    .filter(({ of }) => !ends.some((end) => isInside(of.place, end)))
    .map((change) => ({ ...change, level: LEVELS[change.of.what] ?? 'breaking' }));
}

const LEVELS: Readonly<Partial<Record<AnswerChange['what'], Level>>> = { opaque: 'unclear', deprecated: 'notice' };

/** Whether a place is further down than another. */
export function isInside(place: string, outer: string): boolean {
  return place !== outer && (outer === '' || place.startsWith(`${outer}.`));
}

function changesAt(place: string, before: Answer, after: Answer): Omit<Found, 'level'>[] {
  const old = before.at(place);
  const now = after.at(place);
  if (!old || old.isWriteOnly) return [];
  const name = place === '' ? 'the answer' : place;
  if (!now) return [{ text: `${name} removed${renamed(place, old, before, after)}`, of: change(place, 'gone') }];
  if (now.isWriteOnly) return [{ text: `${name} is in no answer`, of: change(place, 'gone') }];
  if (isOtherType(old, now)) {
    const text = `${name} is ${typeOf(now)}, was ${typeOf(old)}${wrapped(place, before, after)}`;
    return [{ text, of: change(place, 'type') }];
  }
  const found: Omit<Found, 'level'>[] = [];
  if (!old.isNullable && now.isNullable) found.push({ text: `${name} may be null`, of: change(place, 'missing') });
  if (!old.isOptional && now.isOptional) {
    found.push({ text: `${name} may be left out`, of: change(place, 'missing') });
  }
  found.push(...newValues(name, place, old.items ?? old, now.items ?? now));
  if (old.format === 'date-time' && now.format !== 'date-time') {
    found.push({ text: `${name} is no date-time any more`, of: change(place, 'format') });
  }
  if (old.isInt32 && !now.isInt32)
    found.push({ text: `${name} may have more than 32 bits`, of: change(place, 'size') });
  if (now.isDeprecated && !old.isDeprecated)
    found.push({ text: `${name} is deprecated`, of: change(place, 'deprecated') });
  for (const keyword of new Set([...old.opaque.keys(), ...now.opaque.keys()])) {
    if (old.opaque.get(keyword) === now.opaque.get(keyword)) continue;
    found.push({ text: `${name} has another ${keyword}`, of: change(place, 'opaque') });
  }
  if (old.maxItems !== undefined && (now.maxItems ?? Number.POSITIVE_INFINITY) !== old.maxItems) {
    const text = `${name} may hold ${now.maxItems ?? 'any number of'} items, was ${old.maxItems}`;
    found.push({ text, of: { ...change(place, 'length'), most: now.maxItems } });
  }
  return found;
}

const change = (place: string, what: AnswerChange['what']): AnswerChange => ({ about: 'answer', place, what });

/** Whether a value can be of a type that it could not be before; null is told apart. */
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

function newValues(name: string, place: string, old: Value, now: Value): Omit<Found, 'level'>[] {
  if (!old.values) return [];
  if (!now.values) return [{ text: `${name} may be any text`, of: change(place, 'values') }];
  const added = now.values.filter((value) => !old.values?.includes(value));
  if (added.length === 0) return [];
  return [{ text: `${name} may be ${added.join(' or ')}`, of: { ...change(place, 'values'), added } }];
}

/** Where a property is gone and another of its type is new beside it, that may be the same one. */
function renamed(place: string, old: Value, before: Answer, after: Answer): string {
  const parent = place.split('.').slice(0, -1).join('.');
  const known = before.propertiesAt(parent);
  const prefix = parent === '' ? '' : `${parent}.`;
  const candidates = after.propertiesAt(parent).filter((name) => {
    const value = known.includes(name) ? undefined : after.at(prefix + name);
    return value && typeOf(value) === typeOf(old) && value.format === old.format;
  });
  const [nearest] = suggestionList(place.slice(prefix.length), candidates);
  const likely = nearest ?? (candidates.length === 1 ? candidates[0] : undefined);
  return likely === undefined ? '' : `, renamed (probably) to ${prefix}${likely}`;
}

/** Where rows stood in an array and an object holds them now, says at which of its properties. */
function wrapped(place: string, before: Answer, after: Answer): string {
  const properties = before.propertiesAt(place);
  const holder = after.places().find((inner) => {
    if (!isInside(inner, place) || !after.at(inner)?.types.includes('array')) return false;
    const there = after.propertiesAt(inner);
    return properties.length > 0 && properties.every((name) => there.includes(name));
  });
  return holder === undefined ? '' : `; its items stand (probably) at ${holder}`;
}
