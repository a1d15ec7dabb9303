import type { Difference, Operation } from './difference.ts';
import { dig, type Node, resolved } from './document.ts';

/** A change of a parameter of a call. */
export interface ParameterChange {
  readonly about: 'parameter';
  readonly name: string;
  readonly in: 'query' | 'header' | 'path' | 'cookie';
  readonly what: 'gone' | 'needed' | 'range' | 'other';
  /** Bounds of a number, or of how many items an array has, as they are now. Of `range` only. */
  readonly least?: number | undefined;
  readonly most?: number | undefined;
}

interface Found {
  readonly text: string;
  readonly of: ParameterChange;
}

/** What has become of the parameters of an operation. Those that it may take besides, and need not, are no change. */
export function parameterChanges(before: Operation, after: Operation, differences: readonly Difference[]): Found[] {
  const old = parametersOf(before);
  const now = parametersOf(after);
  const others = differences.filter(({ path, isBreaking }) => isBreaking && path.length > 2 && !isKnown(path));
  const changed = old.flatMap((parameter, index): Found[] => {
    const { name, place } = parameter;
    const same = now.find((candidate) => isSame(parameter, candidate));
    // A path's parameters are known by where they stand.
    if (!same) return place === 'path' ? [] : [found(parameter, 'gone', 'removed')];
    return [
      ...(same.isNeeded && !parameter.isNeeded ? [found(parameter, 'needed', 'is required')] : []),
      ...(same.style === parameter.style ? [] : [found(parameter, 'other', `is written as ${same.style}`)]),
      ...rangeChange(parameter, same),
      ...others
        .filter(({ path }) => path[1] === index)
        .map(({ text }) => found(parameter, 'other', `is another one: ${text || name}`)),
    ];
  });
  const added = now.filter((parameter) => parameter.isNeeded && !old.some((one) => isSame(one, parameter)));
  return [
    ...changed,
    ...added
      .filter(({ place }) => place !== 'path')
      .map((parameter) => found(parameter, 'needed', 'is new and required')),
  ];
}

interface Parameter {
  readonly name: string;
  readonly place: ParameterChange['in'];
  readonly isNeeded: boolean;
  /** Serialization of its values in the URL. */
  readonly style: string;
  readonly least: number;
  readonly most: number;
  readonly isArray: boolean;
}

function parametersOf({ document, path, method }: Operation): Parameter[] {
  const item = dig(document, document, 'paths', path) ?? {};
  const own = Object.values(Object(dig(document, item, method)?.['parameters']));
  const shared = Object.values(Object(item['parameters']));
  const all = [...own, ...shared].map((node) => parameterOf(document, resolved(document, node)));
  return all.filter((parameter, index) => all.findIndex((other) => isSame(parameter, other)) === index);
}

function parameterOf(document: Node, node: Node): Parameter {
  const { name, in: place, required, schema } = node;
  const isForm = place === 'query' || place === 'cookie';
  const style = typeof node['style'] === 'string' ? node['style'] : isForm ? 'form' : 'simple';
  const explode = typeof node['explode'] === 'boolean' ? node['explode'] : style === 'form';
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minItems, maxItems } = resolved(document, schema);
  const isArray = type === 'array';
  return {
    name: String(name),
    place: place as ParameterChange['in'],
    isNeeded: required === true,
    style: isArray ? `${style}, ${explode ? 'repeated' : 'in one'}` : '',
    least: isArray
      ? number(minItems, 0)
      : Math.max(number(minimum, -Infinity), number(exclusiveMinimum, -Infinity) + 1),
    most: isArray
      ? number(maxItems, Infinity)
      : Math.min(number(maximum, Infinity), number(exclusiveMaximum, Infinity) - 1),
    isArray,
  };
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

const isSame = (one: Parameter, other: Parameter): boolean => one.name === other.name && one.place === other.place;

function rangeChange(old: Parameter, now: Parameter): Found[] {
  const unit = now.isArray ? ' items' : '';
  const words = [
    ...(now.most < old.most ? [`at most ${now.most}${unit}${old.most < Infinity ? `, was ${old.most}` : ''}`] : []),
    ...(now.least > old.least ? [`at least ${now.least}${unit}`] : []),
  ];
  if (words.length === 0) return [];
  const { text, of } = found(now, 'range', words.join(' and '));
  return [{ text, of: { ...of, least: now.least, most: now.most } }];
}

function found({ name, place }: Parameter, what: ParameterChange['what'], words: string): Found {
  const kind = place === 'query' ? 'parameter' : `${place} parameter`;
  return { text: `${kind} ${name} ${words}`, of: { about: 'parameter', name, in: place, what } };
}

/** Whether a difference is one that is looked at by itself. */
function isKnown(path: readonly (string | number)[]): boolean {
  const [, , keyword, inner] = path;
  return KNOWN.includes(String(keyword)) || (keyword === 'schema' && RANGE.includes(String(inner)));
}

const KNOWN = ['required', 'style', 'explode', 'name', 'description'];
const RANGE = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems'];
