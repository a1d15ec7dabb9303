import type { Level, Operation } from './difference.ts';
import { conjunctsOf, dig, type Node, resolved } from './document.ts';
import { unknownIn } from './keywords.ts';
import { narrowings, type Schema } from './narrowing.ts';
import type { Sent } from './sent.ts';

/** A change of a parameter of a call, or of a property of its body. */
export interface ParameterChange {
  readonly about: 'parameter';
  readonly name: string;
  readonly in: 'query' | 'header' | 'path' | 'cookie' | 'body';
  readonly what: 'gone' | 'needed' | 'written' | 'narrowed' | 'default' | 'deprecated' | 'unclear';
  /** Whether it may concern a call that sends this. Of `narrowed` and `unclear` only. */
  readonly concerns?: (sent: Sent) => boolean;
}

interface Found {
  readonly text: string;
  readonly level: Level;
  readonly of: ParameterChange;
}

/** What has become of the parameters of an operation. Those that it may take besides, and need not, are no change. */
export function parameterChanges(before: Operation, after: Operation): Found[] {
  const old = parametersOf(before);
  const now = parametersOf(after);
  const changed = old.flatMap((parameter): Found[] => {
    const same = now.find((candidate) => isSame(parameter, candidate));
    if (same) return changesOf(parameter, same);
    return parameter.place === 'path' ? [] : [found(parameter, 'gone', 'removed')];
  });
  const added = now.filter(
    (parameter) => parameter.place !== 'path' && parameter.isNeeded && !old.some((one) => isSame(one, parameter)),
  );
  return [...changed, ...added.map((parameter) => found(parameter, 'needed', 'is new and required'))];
}

interface Parameter {
  readonly name: string;
  readonly place: ParameterChange['in'];
  /** What tells it from others: of a path's parameters, where they stand. */
  readonly id: string;
  readonly isNeeded: boolean;
  /** Serialization of its values. */
  readonly style: string;
  readonly schema: Schema;
  readonly node: Node;
}

function changesOf(old: Parameter, now: Parameter): Found[] {
  const [wasDefault, isDefault] = [defaultOf(old), defaultOf(now)];
  return [
    ...(now.isNeeded && !old.isNeeded ? [found(now, 'needed', 'is required')] : []),
    ...(now.style === old.style ? [] : [found(now, 'written', `is written as ${now.style || 'one value'}`)]),
    ...narrowings(old.schema, now.schema).map(({ text, refuses, isUnclear }) =>
      found(now, isUnclear ? 'unclear' : 'narrowed', text, refuses),
    ),
    ...unknownIn('parameter', only(old), only(now)).map((name) =>
      found(now, 'unclear', `has another ${name}`, () => true),
    ),
    ...(wasDefault === isDefault
      ? []
      : [found(now, 'default', `is ${isDefault ?? 'nothing'} by default, was ${wasDefault ?? 'nothing'}`)]),
    ...(isDeprecated(now) && !isDeprecated(old) ? [found(now, 'deprecated', 'is deprecated')] : []),
  ];
}

const schemasOf = ({ schema: { document, schema } }: Parameter): Node[] => conjunctsOf(document, schema);

/** What stands beside a reference comes after what it refers to, and is the nearer one. */
const defaultOf = (parameter: Parameter): string | undefined =>
  JSON.stringify(schemasOf(parameter).findLast((schema) => schema['default'] !== undefined)?.['default']);

const isDeprecated = (parameter: Parameter): boolean =>
  [parameter.node, ...schemasOf(parameter)].some(({ deprecated }) => deprecated === true);

/** The parameter without its schema; a body's property is nothing but one. */
const only = ({ place, node }: Parameter): Node => (place === 'body' ? {} : node);

function parametersOf({ document, path, method }: Operation): Parameter[] {
  const item = dig(document, document, 'paths', path) ?? {};
  const own = Object.values(Object(dig(document, item, method)?.['parameters']));
  const shared = Object.values(Object(item['parameters']));
  const all = [...own, ...shared].map((node) => parameterOf(document, path, resolved(document, node)));
  const unique = all.filter((parameter, index) => all.findIndex((other) => isSame(parameter, other)) === index);
  return [...unique, ...bodyOf(document, dig(document, item, method, 'requestBody'))];
}

function parameterOf(document: Node, path: string, node: Node): Parameter {
  const { name, in: place, required, content } = node;
  const [media, described] = Object.entries(Object(content))[0] ?? [];
  const schema = media === undefined ? node['schema'] : Object(described).schema;
  const isForm = place === 'query' || place === 'cookie';
  const style = typeof node['style'] === 'string' ? node['style'] : isForm ? 'form' : 'simple';
  const explode = typeof node['explode'] === 'boolean' ? node['explode'] : style === 'form';
  const types = conjunctsOf(document, schema).flatMap(({ type }) => type ?? []);
  const isOfParts = types.includes('array') || types.includes('object');
  const ofOne = style === 'matrix' || style === 'label' ? style : '';
  return {
    name: String(name),
    place: place as ParameterChange['in'],
    id:
      place === 'path'
        ? String(path.indexOf(`{${name}}`) < 0 ? name : indexIn(path, String(name)))
        : headerName(place, name),
    isNeeded: required === true,
    style: media ?? (isOfParts ? `${style}, ${explode ? 'repeated' : 'in one'}` : ofOne),
    schema: { document, schema },
    node,
  };
}

const indexIn = (path: string, name: string): number => path.slice(0, path.indexOf(`{${name}}`)).split('{').length;

const headerName = (place: unknown, name: unknown): string =>
  place === 'header' ? String(name).toLowerCase() : String(name);

/** The properties of a JSON body: one that several parts of it describe is all of that. */
function bodyOf(document: Node, body: Node | undefined): Parameter[] {
  const schema = body && dig(document, body, 'content', 'application/json')?.['schema'];
  const parts = schema === undefined ? [] : conjunctsOf(document, schema);
  const needed = parts.flatMap(({ required }) => Object.values(Object(required)).map(String));
  const names = new Set([...parts.flatMap(({ properties }) => Object.keys(Object(properties))), ...needed]);
  return [...names].map((name) => ({
    name,
    place: 'body' as const,
    id: name,
    isNeeded: needed.includes(name),
    style: '',
    schema: {
      document,
      schema: {
        allOf: parts.flatMap(({ properties }) =>
          Object.hasOwn(Object(properties), name) ? [Object(properties)[name]] : [],
        ),
      },
    },
    node: {},
  }));
}

const isSame = (one: Parameter, other: Parameter): boolean => one.id === other.id && one.place === other.place;

const LEVELS: Readonly<Record<ParameterChange['what'], Level>> = {
  gone: 'breaking',
  needed: 'breaking',
  written: 'breaking',
  narrowed: 'breaking',
  default: 'notice',
  deprecated: 'notice',
  unclear: 'unclear',
};

function found(
  { name, place }: Parameter,
  what: ParameterChange['what'],
  words: string,
  concerns?: (sent: Sent) => boolean,
): Found {
  const kind = place === 'query' ? 'parameter' : place === 'body' ? 'property of the body' : `${place} parameter`;
  const of = { about: 'parameter', name, in: place, what, ...(concerns ? { concerns } : {}) } as const;
  return { text: `${kind} ${name} ${words}`, level: LEVELS[what], of };
}
