import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import type { Screen } from '@facet/server/internal/graphql/screens.ts';
import type { GraphQLSchema } from 'graphql';
import { type Answer, answerOf } from './answer.ts';
import { type AnswerChange, isInside } from './answer-changes.ts';
import { type Change, changesBetween, unnamed } from './changes.ts';
import type { Node } from './document.ts';
import type { ParameterChange } from './parameter-changes.ts';
import { type Sent, SOME_TEXT } from './sent.ts';
import { type Call, type HandWritten, type PropertyOf, type Read, type Use, usesIn, usesOf } from './uses.ts';

/** The parts of a client that a service's change can break. */
export interface Client {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly screens: readonly Pick<Screen, 'name' | 'document'>[];
  /** Whether the client accepts ad-hoc operations in production. */
  readonly isOpen: boolean;
  /** The header that carries the caller's id to every endpoint that is not public. */
  readonly identityHeader: string;
}

/** A field that a change affects. The change's level tells how. */
export interface BrokenField {
  readonly change: Change;
  readonly client: string;
  /** Type.field */
  readonly field: string;
  readonly endpoint: Endpoint;
  /** Names of the client's screens that select it. */
  readonly screens: readonly string[];
}

export interface ServiceImpact {
  readonly changes: readonly Change[];
  readonly broken: readonly BrokenField[];
  /** Hand-written fields that receive changed data and may or may not read it. */
  readonly handWritten: readonly Omit<BrokenField, 'screens'>[];
}

/** The effects of a new OpenAPI document of a service on the clients. */
export function impactOf(service: string, before: Node, after: Node, clients: readonly Client[]): ServiceImpact {
  const changes = changesBetween(before, after);
  const propertyOf = propertiesIn(service, before);
  const isUsed = ({ endpoint }: Use) => endpoint.service === service;
  const impacts = clients.map(({ name: client, schema, screens, identityHeader }) => {
    const uses = usesOf(schema, propertyOf).filter(isUsed);
    const screenUses = screens.map(({ name, document }) => ({
      name,
      uses: usesIn(schema, propertyOf, document).filter(isUsed),
    }));
    const isBroken = (change: Change, { field, endpoint }: Use) =>
      broken.some((one) => one.change === change && one.field === field && one.endpoint === endpoint);
    const broken = changes.flatMap((change): BrokenField[] => {
      const isBroken = (use: Use) => use.kind !== 'hand-written' && touches(change, use, identityHeader);
      return unique(uses.filter(isBroken)).map(({ field, endpoint }) => {
        const isSame = (use: Use) => use.field === field && use.endpoint === endpoint && isBroken(use);
        const affected = screenUses.filter((screen) => screen.uses.some(isSame)).map(({ name }) => name);
        return { change, client, field, endpoint, screens: [...new Set(affected)] };
      });
    });
    const handWritten = changes.flatMap((change) =>
      unique(uses.filter((use) => use.kind === 'hand-written' && mayTouch(change, use) && !isBroken(change, use))).map(
        ({ field, endpoint }) => ({
          change,
          client,
          field,
          endpoint,
        }),
      ),
    );
    return { broken, handWritten };
  });
  return {
    changes,
    broken: impacts.flatMap(({ broken }) => broken),
    handWritten: impacts.flatMap(({ handWritten }) => handWritten),
  };
}

function unique(uses: readonly Use[]): Use[] {
  const isFirst = (use: Use, index: number) =>
    uses.findIndex(({ field, endpoint }) => field === use.field && endpoint === use.endpoint) === index;
  return uses.filter(isFirst);
}

/** Looks up property paths in the rows of a service's endpoints, according to its document. */
function propertiesIn(service: string, document: Node): PropertyOf {
  const paths = Object.keys(Object(document['paths']));
  const answers = new Map<Endpoint, Answer | undefined>();
  const answerTo = (endpoint: Endpoint): Answer | undefined => {
    if (!answers.has(endpoint)) {
      const method = endpoint.method.toLowerCase();
      const path = paths.find((candidate) => isOf(endpoint, { path: candidate, method }));
      answers.set(endpoint, path === undefined ? undefined : answerOf(document, path, method));
    }
    return answers.get(endpoint);
  };
  return (endpoint, property) => {
    const answer = endpoint.service === service ? answerTo(endpoint) : undefined;
    const whole = inRow(endpoint, property);
    if (!answer?.at(whole)) return undefined;
    const { path } = endpoint.rows;
    return path === '' ? answer.canonical(whole) : answer.canonical(whole).slice(path.length + 1);
  };
}

/** Whether an endpoint is this operation. Names of path parameters may differ. */
export function isOf(
  { path, method }: Endpoint,
  operation: { readonly path: string; readonly method: string },
): boolean {
  const [own = ''] = path.split('?');
  return method.toLowerCase() === operation.method && unnamed(own) === unnamed(operation.path);
}

/** Whether a change affects a field's call or read. Calls send the identity header to endpoints that are not public. */
export function touches({ path, method, of }: Change, use: Exclude<Use, HandWritten>, identityHeader: string): boolean {
  if (!isOf(use.endpoint, { path, method })) return false;
  switch (of.about) {
    case 'operation':
      return use.kind === 'call';
    case 'body':
      return use.kind === 'call' && sendsBody(use.endpoint) === of.isSent;
    case 'paging':
      return use.kind === 'call' && use.isPaged;
    case 'parameter':
      return use.kind === 'call' && breaksCall(of, use, identityHeader);
    case 'answer':
      return use.kind === 'call' ? breaksRows(of, use) : breaksRead(of, use);
  }
}

/** Whether a change affects the data that a hand-written field receives. Whether the field reads it is unknown. */
export function mayTouch({ path, method, of }: Change, { endpoint }: HandWritten): boolean {
  return isOf(endpoint, { path, method }) && of.about === 'answer' && of.what !== 'length' && of.what !== 'deprecated';
}

const sendsBody = (endpoint: Call['endpoint']): boolean =>
  endpoint.kind === 'batch' && endpoint.ids.request(endpoint.path, ['key']).body !== undefined;

/** Headers that the fetcher sends with every call. */
const OWN_HEADERS = ['x-request-id', 'x-request-timeout-ms', 'traceparent', 'accept', 'accept-encoding'];

function breaksCall(
  { name, in: location, what, concerns = () => true }: ParameterChange,
  { endpoint, parameters }: Call,
  identityHeader: string,
): boolean {
  switch (location) {
    case 'header': {
      const header = name.toLowerCase();
      const isOwn = OWN_HEADERS.includes(header) || (!endpoint.public && header === identityHeader.toLowerCase());
      if (what === 'needed') return !isOwn;
      // A service ignores headers that it does not declare any more.
      return (
        isOwn && what !== 'gone' && what !== 'default' && concerns(header === TIME_LEFT ? MILLISECONDS : SOME_TEXT)
      );
    }
    case 'cookie':
      return what === 'needed';
    case 'body':
      return sendsBody(endpoint) && breaksSent(parameters.get(name), what, concerns);
    case 'path':
      return what !== 'default' && concerns(SOME_TEXT);
    default:
      return breaksSent(parameters.get(name), what, concerns);
  }
}

function breaksSent(sent: Sent | undefined, what: ParameterChange['what'], concerns: (sent: Sent) => boolean): boolean {
  if (what === 'needed' || what === 'default') return !sent?.isCertain;
  return sent !== undefined && concerns(sent);
}

const TIME_LEFT = 'x-request-timeout-ms';
const MILLISECONDS: Sent = { ...SOME_TEXT, least: 1, kinds: ['integer'] };

/** Whether some or all rows of a call cannot be found any more. */
function breaksRows({ property, what, most }: AnswerChange, { endpoint, mostKeys }: Call): boolean {
  const { rows, rowKey } = endpoint;
  if (what === 'values' || what === 'format' || what === 'size') return false;
  if (what === 'length') {
    return (
      property === rows.path && endpoint.kind === 'batch' && (most ?? Infinity) < Math.min(mostKeys, endpoint.maxBatch)
    );
  }
  const isHolder = property === rows.path || isInside(rows.path, property);
  return isHolder || (what !== 'type' && property === inRow(endpoint, rowKey));
}

function breaksRead({ property, what, added }: AnswerChange, read: Read): boolean {
  const own = inRow(read.endpoint, read.property);
  if (what === 'length') return false;
  if (property !== own) return read.isWhole && isInside(property, own) && !OF_SCALARS.includes(what);
  switch (what) {
    case 'missing':
      return !read.toleratesNone;
    case 'values':
      return read.values !== undefined && !(added?.every((value) => read.values?.includes(value)) ?? false);
    case 'format':
      return read.isDateTime;
    case 'size':
      return read.isInt;
    default:
      return true;
  }
}

/** Changes that affect only fields whose value is the property itself. */
const OF_SCALARS: readonly AnswerChange['what'][] = ['values', 'format', 'size'];

/** Converts a property path in a row to one in the response. */
export function inRow({ rows }: Endpoint, property: string): string {
  return [rows.path, property].filter((part) => part !== '').join('.');
}
