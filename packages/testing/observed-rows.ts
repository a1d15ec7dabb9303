import type { RowSource } from '@facet/server/internal/downstream/batching/row-source.ts';
import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import type { Row } from '@facet/server/internal/downstream/row-shape.ts';

/** What has been looked at in an endpoint's rows: paths of values that hold no others, array indices left out. */
export interface Observed {
  readonly read: Set<string>;
  /** All there are in the rows. */
  readonly there: Set<string>;
}

/** Rows of a source that note what is read of them. */
export function observeRows(source: RowSource): {
  readonly rows: RowSource;
  readonly observed: Map<Endpoint, Observed>;
} {
  const observed = new Map<Endpoint, Observed>();
  const watch = <R>(endpoint: Endpoint, row: R): R => {
    const { read, there } = observed.get(endpoint) ?? { read: new Set(), there: new Set() };
    observed.set(endpoint, { read, there });
    for (const path of leavesOf(row, '')) there.add(path);
    return watched(row, '', read);
  };
  const rows: RowSource = {
    async rows(endpoint, keys, properties, request) {
      const loaded = await source.rows(endpoint, keys, properties, request);
      return loaded.map((row) => (row instanceof Error ? row : watch(endpoint, row)));
    },
    async page(endpoint, path, properties, request) {
      const page = await source.page(endpoint, path, properties, request);
      return { ...page, rows: page.rows.map((row) => watch<Row>(endpoint, row)) };
    },
  };
  return { rows, observed };
}

function watched<V>(value: V, path: string, read: Set<string>): V {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, name) {
      const property: unknown = Reflect.get(target, name);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return property;
      if (Array.isArray(target)) return name === 'length' ? property : watched(property, path, read);
      const below = joined(path, name);
      if (isLeaf(property)) read.add(below);
      return watched(property, below, read);
    },
  });
}

function leavesOf(value: unknown, path: string): string[] {
  if (isLeaf(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, path));
  return Object.entries(value as object).flatMap(([name, property]) => leavesOf(property, joined(path, name)));
}

const isLeaf = (value: unknown) => typeof value !== 'object' || value === null || Object.keys(value).length === 0;

const joined = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
