import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { defineServices } from '@facet/server/internal/downstream/endpoint.ts';
import { arg, list, load } from '@facet/server/internal/graphql/fields.ts';
import type { BffOptions } from '@facet/server/internal/http/options.ts';
import { type Handler, json } from './local-service.ts';

/** A row of the service of books. */
export interface Book {
  readonly id: string;
  readonly title: string;
  readonly publishedAt: string;
}

const BOOKS: readonly Book[] = [
  { id: 'b_1', title: 'Emma', publishedAt: '1815-12-23T00:00:00Z' },
  { id: 'b_2', title: 'Persuasion', publishedAt: '1817-12-20T00:00:00Z' },
];

const document = { maxItems: { '/loans': { '': 20 } }, properties: {} };

const { services, batchOf, listOf } = defineServices({ books: { url: 'http://127.0.0.1:1', document } });

const books = batchOf<Book>()({ service: 'books', path: '/books', rowKey: 'id', public: true });
const loans = listOf<Book>()({ service: 'books', path: '/loans', rowKey: 'id' });

const SCHEMA = `
  scalar Day
  type Query { book(id: ID!): Book  loans: [Book!] }
  type Book { id: ID!  title: String!  publishedAt: Day! }
`;

/** The options of a small BFF with one service, one screen (Loans) and an identity header of its own. */
export const reader: BffOptions = {
  client: 'reader',
  directory: directoryWith({ 'screens/Loans.graphql': 'query Loans { loans { title } }\n' }),
  identity: { header: 'X-Reader-Id', exampleId: 'r_1' },
  schema: SCHEMA,
  services,
  resolvers: { Query: { book: load(books, arg('id')), loans: list(loans) } },
};

/** Answers the calls of `reader`: `/books?ids=…` is public, `/loans` is the reader's own. */
export const bookService: Handler = ({ url }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://books');
  const ids = pathname === '/loans' ? ['b_2'] : (searchParams.get('ids') ?? '').split(',');
  const rows = BOOKS.filter(({ id }) => ids.includes(id));
  json(response, rows, pathname === '/books' ? { 'cache-control': 'public, max-age=60' } : {});
};

/** Settings of a test: the address of the service, and no log. */
export function readerSettings(booksUrl: string, more: Record<string, string> = {}): Record<string, string> {
  // A busy machine delays the event loop: no reason to reject requests here.
  return { BOOKS_URL: booksUrl, NODE_ENV: 'test', LOG_LEVEL: 'fatal', DRAIN_MS: '0', MAX_LAG_MS: '600000', ...more };
}

/** A client's directory with these files, and a budget. */
function directoryWith(files: Readonly<Record<string, string>>): URL {
  const directory = `${mkdtempSync(`${tmpdir()}/facet-reader-`)}/`;
  mkdirSync(`${directory}screens`);
  const budget = { screens: { Loans: { calls: 1, waves: 1, rows: 20 } }, adHoc: { calls: 10 } };
  for (const [path, text] of Object.entries({ ...files, 'budget.json': JSON.stringify(budget) })) {
    writeFileSync(`${directory}${path}`, text);
  }
  return pathToFileURL(directory);
}
