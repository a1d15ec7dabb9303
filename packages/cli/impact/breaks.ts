import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import { type AnswerChange, isInside } from './answer-changes.ts';
import { type Change, unnamed } from './changes.ts';
import type { ParameterChange } from './parameter-changes.ts';
import { type Sent, SOME_TEXT } from './sent.ts';
import type { ByHand, Call, Read, Use } from './use.ts';

/** Whether an endpoint is an operation of its service's document, whatever the parts of the path are called there. */
export function isOf(
  { path, method }: Endpoint,
  operation: { readonly path: string; readonly method: string },
): boolean {
  const [own = ''] = path.split('?');
  return method.toLowerCase() === operation.method && unnamed(own) === unnamed(operation.path);
}

/** Whether a change of a service concerns what a field does with it. */
export function touches({ path, method, of }: Change, use: Exclude<Use, ByHand>): boolean {
  if (!isOf(use.endpoint, { path, method })) return false;
  switch (of.about) {
    case 'operation':
      return use.kind === 'call';
    case 'body':
      return use.kind === 'call' && sendsBody(use.endpoint) === of.isSent;
    case 'paging':
      return use.kind === 'call' && use.isPaged;
    case 'parameter':
      return use.kind === 'call' && breaksCall(of, use);
    case 'answer':
      return use.kind === 'call' ? breaksRows(of, use) : breaksRead(of, use);
  }
}

/** Whether a change may concern what a field written by hand gets: nobody knows whether it looks there. */
export function mayTouch({ path, method, of }: Change, { endpoint }: ByHand): boolean {
  return isOf(endpoint, { path, method }) && of.about === 'answer' && of.what !== 'length' && of.what !== 'deprecated';
}

const sendsBody = (endpoint: Call['endpoint']): boolean =>
  endpoint.kind === 'batch' && endpoint.ids.request(endpoint.path, ['key']).body !== undefined;

/** What the fetcher sends with every call, whatever it is for. */
const OWN_HEADERS = ['x-request-id', 'x-request-timeout-ms', 'traceparent', 'accept', 'accept-encoding'];
const IDENTITY_HEADERS = ['x-user-id', 'x-partner-id'];

function breaksCall(
  { name, in: place, what, concerns = () => true }: ParameterChange,
  { endpoint, parameters }: Call,
): boolean {
  switch (place) {
    case 'header': {
      const header = name.toLowerCase();
      const isOwn = OWN_HEADERS.includes(header) || (!endpoint.public && IDENTITY_HEADERS.includes(header));
      if (what === 'needed') return !isOwn;
      // A service that does not ask for a header leaves it alone.
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

/** Whether the rows of a call cannot be found any more, or not all of them. */
function breaksRows({ place, what, most }: AnswerChange, { endpoint, mostKeys }: Call): boolean {
  const { rows, rowKey } = endpoint;
  if (what === 'values' || what === 'format' || what === 'size') return false;
  if (what === 'length') {
    return (
      place === rows.path && endpoint.kind === 'batch' && (most ?? Infinity) < Math.min(mostKeys, endpoint.maxBatch)
    );
  }
  const isHolder = place === rows.path || isInside(rows.path, place);
  return isHolder || (what !== 'type' && place === inRow(endpoint, rowKey));
}

function breaksRead({ place, what, added }: AnswerChange, read: Read): boolean {
  const own = inRow(read.endpoint, read.place);
  if (what === 'length') return false;
  if (place !== own) return read.isWhole && isInside(place, own) && !OF_SCALARS.includes(what);
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

/** Changes that matter to a field whose value is the one property, and to no other. */
const OF_SCALARS: readonly AnswerChange['what'][] = ['values', 'format', 'size'];

/** A place in a row as one in the answer. */
export function inRow({ rows }: Endpoint, place: string): string {
  return [rows.path, place].filter((part) => part !== '').join('.');
}
