import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Arrived, json, type LocalService, startLocalService } from './local-service.ts';

const FIRST_MARK = 41_000_000;
const MARKS = /41\d{6}/g;
const SEPARATOR = /(?<=\d)[.,\s](?=\d)/g;
const BASE64 = /[\w-]{12,}/g;

/** A number that stands for one user: part of all that is theirs, be it a text, an amount or a moment. */
export const markOf = (user: number): number => FIRST_MARK + user;

/** Every mark in a text, once; also in amounts as any locale writes them, and in opaque ids. */
export function marksIn(text: string): number[] {
  const decoded = text.match(BASE64)?.map((token) => Buffer.from(token, 'base64url').toString('latin1')) ?? [];
  const marks = [text.replaceAll(SEPARATOR, ''), ...decoded].flatMap((one) => one.match(MARKS) ?? []);
  return [...new Set(marks)].map(Number);
}

export interface MarkedServices extends LocalService {
  /** What callers did that they must not do: every request under a wrong identity, or under one where none belongs. */
  readonly offences: string[];
}

/**
 * One server for members, loans and library. Rows of members and loans carry the mark of the identity they were asked for
 * with. Rows of the library are everybody's, but now and then its answers say that they are private, and carry the mark of
 * the request id. Answers take a different number of turns each time.
 */
export async function startMarkedServices(): Promise<MarkedServices> {
  const offences: string[] = [];
  let libraryAnswers = 0;
  const service = await startLocalService(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    const ids = searchParams.get('ids')?.split(',');
    const isPublic = pathname === '/books' || pathname === '/readings';
    const offence = isPublic ? offenceOfPublic(request.headers) : offenceOfPrivate(request.headers);
    if (offence !== undefined) offences.push(`${request.url}: ${offence}`);
    for (let turns = request.url.length % 20; turns > 0; turns -= 1) await new Promise((go) => setImmediate(go));
    if (!isPublic) {
      const [mark = 0] = marksIn(JSON.stringify(identitiesIn(request.headers)));
      const rows = pathname === '/members' ? (ids ?? []).map((id) => memberOf(id, mark)) : loansOf(mark, ids);
      json(response, rows, { 'cache-control': 'private, no-store' });
      return;
    }
    libraryAnswers += 1;
    const isPrivate = Math.floor(libraryAnswers / PHASE) % 2 === 1;
    const [owner] = isPrivate ? marksIn(String(request.headers['x-request-id'])) : [];
    const rows = pathname === '/readings' ? READING_IDS.map((id) => readingOf(id, owner)) : booksOf(ids, owner);
    answerFromLibrary(request, response, rows, owner);
  });
  return Object.assign(service, { offences });
}

/** So many answers of the library are everybody's, and as many after them private. */
const PHASE = 40;
const READING_IDS = ['r_1', 'r_2'];
const BOOK_IDS = ['b_1', 'b_2', 'b_3', 'b_4'];

function offenceOfPrivate(headers: IncomingHttpHeaders): string | undefined {
  const identities = identitiesIn(headers);
  const [whose] = marksIn(String(headers['x-request-id']));
  const isTheirs = identities.length === 1 && whose !== undefined && marksIn(String(identities)).includes(whose);
  return isTheirs ? undefined : `a request of ${whose} as ${identities}`;
}

/** Whom a public call was first made for may show in what correlates it, and nowhere else. */
function offenceOfPublic(headers: IncomingHttpHeaders): string | undefined {
  const identities = identitiesIn(headers);
  if (identities.length > 0) return `a public call as ${identities}`;
  const { 'x-request-id': _, traceparent: __, tracestate: ___, baggage: ____, ...others } = headers;
  const marks = marksIn(JSON.stringify(others));
  return marks.length > 0 ? `a public call with the mark of ${marks}` : undefined;
}

function identitiesIn(headers: IncomingHttpHeaders): string[] {
  return [headers['x-member-id'], headers['x-branch-id']].flatMap((id) => id ?? []);
}

/** What is everybody's may be kept for a moment, and is then still true. */
function answerFromLibrary(request: Arrived, response: ServerResponse, rows: readonly object[], owner = 0): void {
  const etag = `"${owner}"`;
  const caching =
    owner === 0 ? 'public, max-age=2, stale-while-revalidate=1, stale-if-error=600' : 'private, max-age=60';
  const headers = { 'cache-control': caching, etag };
  if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else json(response, rows, headers);
}

function memberOf(id: string, mark: number) {
  return {
    id,
    firstName: `First${mark}`,
    lastName: `Last${mark}`,
    email: `${mark}@example.com`,
    phone: `+${mark}`,
    photoUrl: `https://cdn.example.com/${mark}.png`,
    joinedAt: momentOf(mark),
    address: addressOf(mark),
  };
}

/** Two loans, or those of the ids that are this member's. Each has a book that everybody borrows, and one of their own. */
function loansOf(mark: number, ids: readonly string[] = [`l_${mark}_2`, `l_${mark}_1`]) {
  const own = ids.filter((id) => id.startsWith(`l_${mark}_`));
  return own.map((id) => ({
    id,
    memberId: `m_${mark}`,
    branchId: `br_${mark}`,
    status: 'reserved',
    feeCents: mark * 100,
    currency: 'USD',
    lentAt: momentOf(mark),
    slipNumber: `TRK${mark}`,
    itemCount: mark,
    pickupAddress: addressOf(mark),
    items: [BOOK_IDS[mark % BOOK_IDS.length], `b_${mark}`].map((bookId) => ({
      bookId,
      days: mark,
      dailyFeeCents: mark * 100,
      currency: 'USD',
    })),
  }));
}

function booksOf(ids: readonly string[] = BOOK_IDS, owner = 0) {
  return ids.map((id) => ({
    id,
    name: `Book ${id} of ${owner}`,
    description: `Made for ${owner}`,
    depositCents: owner * 100,
    currency: 'USD',
    coverUrl: `https://cdn.example.com/${owner}/${id}.svg`,
    genre: `genre ${owner}`,
    stock: owner,
    addedAt: momentOf(owner),
  }));
}

function readingOf(id: string, owner = 0) {
  return {
    id,
    title: `Reading for ${owner}`,
    body: `All about ${owner}`,
    coverUrl: `https://cdn.example.com/${owner}/${id}.svg`,
    bookId: 'b_1',
    endsAt: momentOf(owner),
  };
}

const momentOf = (mark: number): string => `2026-01-01T00:00:00.${mark}Z`;

function addressOf(mark: number) {
  return { street: `Street ${mark}`, city: `City ${mark}`, postcode: `${mark}`, country: `Country ${mark}` };
}
