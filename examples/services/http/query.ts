import type { Request } from 'express';
import { Problem } from './problem.ts';

const MAX_IDS = 100;
const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

export interface Page {
  readonly limit: number;
  /** Key of the last row of the previous page. */
  readonly after: string | undefined;
}

/**
 * The distinct ids of `?ids=a,b`; undefined without the parameter. A comma within an id is `%2C`, because the parameter is split before
 * it is decoded. Throws a Problem for more than 100 ids.
 */
export function idsOf(request: Request): string[] | undefined {
  if (parameter(request, 'ids') === undefined) return undefined;
  const [, encoded = ''] = /[?&]ids=([^&#]*)/.exec(request.originalUrl) ?? [];
  const ids = [...new Set(encoded.split(',').map(decoded))].filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MAX_IDS) throw badParameter('ids', `1 to ${MAX_IDS} ids`);
  return ids;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badParameter('ids', 'percent-encoded');
  }
}

export function pageOf(request: Request): Page {
  const text = parameter(request, 'limit') ?? String(DEFAULT_LIMIT);
  const limit = Number(text);
  if (!/^\d{1,3}$/.test(text) || limit < 1 || limit > MAX_LIMIT) {
    throw badParameter('limit', `a whole number from 1 to ${MAX_LIMIT}`);
  }
  return { limit, after: parameter(request, 'after') };
}

export function parameter(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw badParameter(name, 'given once');
}

export function badParameter(name: string, expected: string): Problem {
  return new Problem(400, 'Bad Request', `The parameter ${name} must be ${expected}.`);
}
