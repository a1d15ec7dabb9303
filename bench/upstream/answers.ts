import { createHash } from 'node:crypto';
import { type Resource, resourceOf } from './resource.ts';
import { CALLER, type Size } from './rows.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
  readonly etag: string | undefined;
}

/** A response with placeholders for the caller's id. */
type Template = (caller: string) => Answer;

const MAX_TEMPLATES = 1_000;

/**
 * Returns responses by URL and caller. Each kind of URL is computed and serialised once; later responses cost only one string join, so
 * that the upstream is never the bottleneck.
 */
export function createAnswers(size: Size): (url: string, caller: string | undefined) => Answer {
  const templates = new Map<string, Template>();
  return (url, caller) => {
    const key = caller === undefined ? url : `+${url.replaceAll(caller, CALLER)}`;
    let template = templates.get(key);
    if (!template) {
      if (templates.size >= MAX_TEMPLATES) templates.clear();
      template = templateOf(resourceOf(key.replace(/^\+/, ''), caller !== undefined, size));
      templates.set(key, template);
    }
    return template(caller ?? '');
  };
}

function templateOf(resource: Resource): Template {
  const text = JSON.stringify(resource.json);
  const pieces = text.split(CALLER);
  const etag = resource.cacheControl.startsWith('public') ? tagOf(text) : undefined;
  const template: Template = (caller) => {
    const body = pieces.join(caller);
    return { status: resource.status, headers: headersOf(resource, body, caller, etag), body, etag };
  };
  if (pieces.length > 1) return template;
  const only = template('');
  return () => only;
}

// All data is ASCII, so the length in characters is the length in bytes.
function headersOf({ status, cacheControl, link }: Resource, body: string, caller: string, etag: string | undefined) {
  const headers: Record<string, string | number> = {
    'Content-Type': status === 200 ? 'application/json; charset=utf-8' : 'application/problem+json',
    'Content-Length': body.length,
    'Cache-Control': cacheControl,
  };
  if (etag !== undefined) headers['ETag'] = etag;
  if (link !== undefined) headers['Link'] = link.replaceAll(CALLER, caller);
  return headers;
}

const tagOf = (text: string): string => `"${createHash('sha1').update(text).digest('base64url')}"`;
