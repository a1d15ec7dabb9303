import type { Handler } from './local-service.ts';
import { json } from './local-service.ts';

const ITEMS = 20;
const READINGS = 20;
const PAGE = 20;

/**
 * Services that answer as much as their OpenAPI documents allow: as many loans and books as are asked for, 20 items
 * in each loan, 20 readings. `bookOf` says which book an item or a reading is about, by its number; `delayMs`
 * how long an answer takes.
 */
export function largestServices(bookOf: (number: number) => string, delayMs: () => number = () => 0): Handler {
  return async ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://service');
    const ids = searchParams.get('ids')?.split(',');
    const page = Array.from({ length: Number(searchParams.get('limit') ?? PAGE) }, (_, index) => String(index));
    const rows = ROWS[pathname]?.(ids ?? page, bookOf) ?? [];
    const wait = delayMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    json(response, rows);
  };
}

type Rows = (ids: readonly string[], bookOf: (number: number) => string) => readonly object[];

const ROWS: Readonly<Record<string, Rows>> = {
  '/members': (ids) =>
    ids.map((id) => ({ id, firstName: 'Ada', lastName: 'Lovelace', joinedAt: DATE, address: ADDRESS })),
  '/loans': (ids, bookOf) =>
    ids.map((id, loan) => ({
      id,
      status: 'reserved',
      feeCents: 4_200,
      currency: 'USD',
      lentAt: DATE,
      itemCount: ITEMS,
      pickupAddress: ADDRESS,
      items: Array.from({ length: ITEMS }, (_, item) => ({
        bookId: bookOf(loan * ITEMS + item),
        days: 1,
        dailyFeeCents: 100,
        currency: 'USD',
      })),
    })),
  '/books': (ids) =>
    ids.map((id) => ({
      id,
      name: 'A thing',
      description: 'It is one.',
      depositCents: 100,
      currency: 'USD',
      coverUrl: 'https://example.com/thing.png',
      genre: 'poetry',
      stock: 1,
      addedAt: DATE,
    })),
  '/readings': (_ids, bookOf) =>
    Array.from({ length: READINGS }, (_, index) => ({
      id: `r_${index}`,
      title: 'Less',
      body: 'for less',
      coverUrl: 'https://example.com/reading.png',
      bookId: bookOf(index * 7),
      endsAt: DATE,
    })),
};

const DATE = '2026-01-01T00:00:00Z';
const ADDRESS = { street: 'Main Street 1', city: 'London', postcode: '1', country: 'GB' };
