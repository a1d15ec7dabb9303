import type { Level, Operation } from './document.ts';
import { conjunctsOf, dig, type Node, resolved, unknownIn } from './document.ts';
import { narrowings, type Schema } from './narrowing.ts';
import type { Sent } from './sent.ts';

/** A change of a parameter of an operation, or of a property of its request body. */
export interface ParameterChange {
  readonly about: 'parameter';
  readonly name: string;
  readonly in: 'query' | 'header' | 'path' | 'cookie' | 'body';
  readonly what: 'gone' | 'needed' | 'written' | 'narrowed' | 'default' | 'deprecated' | 'unclear';
  /** For `narrowed` and `unclear`: whether the change may concern a call that sends this value. */
  readonly concerns?: (sent: Sent) => boolean;
}

interface Found {
  readonly text: string;
  readonly level: Level;
  readonly of: ParameterChange;
}

/** The changes of an operation's parameters. New optional parameters are not reported. */
export function parameterChanges(before: Operation, after: Operation): Found[] {
  const old = parametersOf(before);
  const now = parametersOf(after);
  const changed = old.flatMap((parameter): Found[] => {
    const same = now.find((candidate) => isSame(parameter, candidate));
    if (same) return changesOf(parameter, same);
    return parameter.location === 'path' ? [] : [found(parameter, 'gone', 'removed')];
  });
  const added = now.filter(
    (parameter) => parameter.location !== 'path' && parameter.isNeeded && !old.some((one) => isSame(one, parameter)),
  );
  return [...changed, ...added.map((parameter) => found(parameter, 'needed', 'is new and required'))];
}

interface Parameter {
  readonly name: string;
  readonly location: ParameterChange['in'];
  /** Identifies the parameter: path parameters by position, all others by name. */
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
    ...(now.style === old.style ? [] : [found(now, 'written', `is serialized as ${now.style || 'one value'}`)]),
    ...narrowings(old.schema, now.schema).map(({ text, refuses, isUnclear }) =>
      found(now, isUnclear ? 'unclear' : 'narrowed', text, refuses),
    ),
    ...unknownIn('parameter', only(old), only(now)).map((name) =>
      found(now, 'unclear', `has a different ${name}`, () => true),
    ),
    ...(wasDefault === isDefault
      ? []
      : [found(now, 'default', `defaults to ${isDefault ?? 'nothing'}, was ${wasDefault ?? 'nothing'}`)]),
    ...(isDeprecated(now) && !isDeprecated(old) ? [found(now, 'deprecated', 'is deprecated')] : []),
  ];
}

const schemasOf = ({ schema: { document, schema } }: Parameter): Node[] => conjunctsOf(document, schema);

/** The last default wins: keywords next to a $ref come after the referenced schema and override it. */
const defaultOf = (parameter: Parameter): string | undefined =>
  JSON.stringify(schemasOf(parameter).findLast((schema) => schema['default'] !== undefined)?.['default']);

const isDeprecated = (parameter: Parameter): boolean =>
  [parameter.node, ...schemasOf(parameter)].some(({ deprecated }) => deprecated === true);

/** The parameter object without its schema. Properties of a body have only a schema. */
const only = ({ location, node }: Parameter): Node => (location === 'body' ? {} : node);

function parametersOf({ document, path, method }: Operation): Parameter[] {
  const item = dig(document, document, 'paths', path) ?? {};
  const own = Object.values(Object(dig(document, item, method)?.['parameters']));
  const shared = Object.values(Object(item['parameters']));
  const all = [...own, ...shared].map((node) => parameterOf(document, path, resolved(document, node)));
  const unique = all.filter((parameter, index) => all.findIndex((other) => isSame(parameter, other)) === index);
  return [...unique, ...bodyOf(document, dig(document, item, method, 'requestBody'))];
}

function parameterOf(document: Node, path: string, node: Node): Parameter {
  const { name, in: location, required, content } = node;
  const [media, described] = Object.entries(Object(content))[0] ?? [];
  const schema = media === undefined ? node['schema'] : Object(described).schema;
  const isForm = location === 'query' || location === 'cookie';
  const style = typeof node['style'] === 'string' ? node['style'] : isForm ? 'form' : 'simple';
  const explode = typeof node['explode'] === 'boolean' ? node['explode'] : style === 'form';
  const types = conjunctsOf(document, schema).flatMap(({ type }) => type ?? []);
  const isOfParts = types.includes('array') || types.includes('object');
  const ofOne = style === 'matrix' || style === 'label' ? style : '';
  return {
    name: String(name),
    location: location as ParameterChange['in'],
    id:
      location === 'path'
        ? String(path.indexOf(`{${name}}`) < 0 ? name : indexIn(path, String(name)))
        : headerName(location, name),
    isNeeded: required === true,
    style: media ?? (isOfParts ? `${style}, ${explode ? 'repeated' : 'in one'}` : ofOne),
    schema: { document, schema },
    node,
  };
}

const indexIn = (path: string, name: string): number => path.slice(0, path.indexOf(`{${name}}`)).split('{').length;

const headerName = (location: unknown, name: unknown): string =>
  location === 'header' ? String(name).toLowerCase() : String(name);

/** The properties of a JSON body. If several allOf parts describe a property, its schema combines them. */
function bodyOf(document: Node, body: Node | undefined): Parameter[] {
  const schema = body && dig(document, body, 'content', 'application/json')?.['schema'];
  const parts = schema === undefined ? [] : conjunctsOf(document, schema);
  const needed = parts.flatMap(({ required }) => Object.values(Object(required)).map(String));
  const names = new Set([...parts.flatMap(({ properties }) => Object.keys(Object(properties))), ...needed]);
  return [...names].map((name) => ({
    name,
    location: 'body' as const,
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

const isSame = (one: Parameter, other: Parameter): boolean => one.id === other.id && one.location === other.location;

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
  { name, location }: Parameter,
  what: ParameterChange['what'],
  words: string,
  concerns?: (sent: Sent) => boolean,
): Found {
  const kind =
    location === 'query' ? 'parameter' : location === 'body' ? 'property of the body' : `${location} parameter`;
  const of = { about: 'parameter', name, in: location, what, ...(concerns ? { concerns } : {}) } as const;
  return { text: `${kind} ${name} ${words}`, level: LEVELS[what], of };
}
