import { createHash } from 'node:crypto';
import { type RowSource, rowsOf } from '@facet/server/internal/downstream/batching/row-source.ts';
import type { Fetch } from '@facet/server/internal/downstream/fetcher.ts';
import { ServiceTimeoutError } from '@facet/server/internal/request/errors.ts';

const ADDRESS = { street: 's', city: 'c', postcode: 'p', country: 'US' };
const ROW: Readonly<Record<string, unknown>> = {
  firstName: 'Ada',
  lastName: 'L',
  email: 'e',
  phone: '1',
  photoUrl: 'a',
  joinedAt: '2026-01-01T00:00:00Z',
  address: ADDRESS,
  memberId: 'm_42',
  status: 'reserved',
  feeCents: 4200,
  currency: 'USD',
  lentAt: '2026-01-01T00:00:00Z',
  slipNumber: 'T',
  itemCount: 1,
  pickupAddress: ADDRESS,
  items: [],
  name: 'n',
  description: 'd',
  depositCents: 1,
  coverUrl: 'i',
  genre: 'poetry',
  stock: 3,
  title: 't',
  body: 'b',
  bookId: 'b_1',
  endsAt: '2026-01-01T00:00:00Z',
};
const WRONG = [null, undefined, 'text', 7.5, {}, [], 'reserved', -1];

export interface RandomServices {
  /** Their rows, each of which has to be waited for. */
  readonly rows: RowSource;
  /** The same, but that half of the rows are there at once. */
  readonly halfAtOnce: RowSource;
}

/**
 * Services whose answers are a function of the call and the seed: the same call gets the same rows, or the same fault,
 * in whatever order calls come. A row in `oneIn` has some property that it should not have.
 */
export function randomServices(seed: number, oneIn: number): RandomServices {
  const pick = (...about: unknown[]) =>
    createHash('md5')
      .update(JSON.stringify([seed, ...about]))
      .digest()
      .readUInt32LE();
  const rowOf = (id: string): Record<string, unknown> => {
    const items = Array.from({ length: pick('items', id) % 4 }, (_, index) =>
      pick('item', id, index) % (oneIn * 3) === 0
        ? null
        : {
            bookId: `b_${pick('book', id, index) % 5}`,
            days: pick('days', id, index) % oneIn === 0 ? 'many' : 2,
            dailyFeeCents: pick('price', id, index) % oneIn === 0 ? null : 100,
            currency: 'USD',
          },
    );
    const row: Record<string, unknown> = { id, ...ROW, items };
    if (pick('odd', id) % oneIn === 0) {
      const names = Object.keys(ROW);
      row[names[pick('name', id) % names.length] ?? ''] = WRONG[pick('wrong', id) % WRONG.length];
    }
    return row;
  };
  const fails = (call: string) => pick('fault', call) % (oneIn * 2) === 0;
  const isKnown = (id: string) => pick('known', id) % 4 > 0;
  const fetch: Fetch = async ({ endpoint, path, keys }) => {
    // Which keys travel together, and in which order, is the engine's business.
    const call = keys > 0 ? endpoint.name : path;
    for (let turns = pick('turns', call) % 5; turns > 0; turns -= 1) await Promise.resolve();
    if (fails(call)) throw new ServiceTimeoutError(endpoint.service, 100);
    const asked = new URL(path, 'http://x').searchParams.get('ids')?.split(',');
    const ids = asked ?? Array.from({ length: 3 }, (_, index) => `${endpoint.service[0]}_${index}`);
    const found = keys > 0 ? ids.filter(isKnown) : ids;
    return { status: 200, headers: {}, json: found.map(rowOf), requestedAt: 0, grant: undefined };
  };
  const source = rowsOf(fetch);
  const isKept = (id: string) => isKnown(id) && pick('kept', id) % 2 === 0;
  const rows: RowSource = {
    ...source,
    // What is kept is there where its endpoint fails, too.
    rows: (endpoint, keys, ...how) =>
      source.rows(endpoint, keys, ...how).catch((error: Error) => keys.map((id) => (isKept(id) ? rowOf(id) : error))),
  };
  const halfAtOnce: RowSource = { ...rows, peek: () => (id) => (isKept(id) ? rowOf(id) : undefined) };
  return { rows, halfAtOnce };
}
