import type { Row } from '../../downstream/row-shape.ts';
import { keyText } from '../../request/key.ts';
import type { LedgerEntry } from '../../request/ledger.ts';
import { addUse, type EndpointUse } from '../../telemetry/overfetch-meter.ts';
import { addRow, addUnread, bytesOf } from './property-bytes.ts';
import type { OperationReads, RowReads } from './reads.ts';

/** What came without being part of a row, under this in place of a property. */
export const NO_ROWS = '(no rows)';
/** Rows in a batch that were not asked for. */
export const NOT_ASKED_FOR = '(rows not asked for)';

/**
 * What a request fetched from each endpoint, and what of it the operation's fields read. Rows out of the cache, and those that another
 * request's call brought, were not fetched; a call that is still under way has fetched nothing yet.
 */
export function overfetchOf(entries: readonly LedgerEntry[], reads: OperationReads): EndpointUse[] {
  const endpoints = new Map<string, EndpointUse>();
  for (const entry of entries) {
    if (!entry.cached && !entry.shared) addUse(endpoints, figuresOf(entry, reads));
  }
  return [...endpoints.values()];
}

function figuresOf(entry: LedgerEntry, reads: OperationReads): EndpointUse {
  const { service, endpoint, bytes: bodyBytes, lostBytes, json, wanted } = entry;
  const properties = { fetched: 0, used: 0, unread: new Map<string, number>() };
  const rowReads = wanted && reads.get(wanted.endpoint);
  addUnread(NO_ROWS, lostBytes, properties);
  let unstatedBytes = 0;
  const rows = json === undefined ? [] : rowReads && rowsIn(rowReads, entry);
  if (!rowReads || rowReads.isUnstated) unstatedBytes = rows ? sum(rows.map(bytesOf)) : bodyBytes - lostBytes;
  else if (!rows) addUnread(NO_ROWS, bodyBytes - lostBytes, properties);
  else {
    const key = rowReads.endpoint.rowKey;
    const asked = wanted?.ids && new Set(wanted.ids);
    for (const row of rows) {
      if (asked && !asked.has(keyText(row[key]) ?? '')) addUnread(NOT_ASKED_FOR, bytesOf(row), properties);
      else addRow(row, rowReads.reads, properties);
    }
  }
  return {
    service,
    endpoint,
    calls: 1,
    bodyBytes,
    fetchedBytes: properties.fetched + unstatedBytes,
    usedBytes: properties.used,
    unstatedBytes,
    unread: properties.unread,
  };
}

/** The rows of an answer; undefined where they cannot be read. */
function rowsIn({ endpoint }: RowReads, { json }: LedgerEntry): readonly Row[] | undefined {
  const { rows, rowKey } = endpoint;
  try {
    if (endpoint.kind === 'list') return rows.inOrder(json, rowKey);
    return endpoint.ids.many ? [...rows.byKey(json, rowKey).values()] : [rows.single(json)];
  } catch {
    return undefined;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
