import type { Row } from '../../downstream/row-shape.ts';
import { keyText } from '../../request/key.ts';
import type { LedgerEntry } from '../../request/ledger.ts';
import { addUse, type EndpointUse } from '../../telemetry/overfetch-meter.ts';
import { addRow, addUnread, bytesOf } from './property-bytes.ts';
import type { OperationReads, RowReads } from './reads.ts';

/** Reported instead of a property: bytes that are no part of a row. */
export const NO_ROWS = '(no rows)';
/** Reported instead of a property: rows in a batch that were not requested. */
export const NOT_REQUESTED = '(rows not asked for)';

/**
 * The bytes that a request fetched from each endpoint, and the part that the operation's fields read. Rows from the cache or from another
 * request's call do not count. A call that has not ended has fetched nothing.
 */
export function overfetchOf(entries: readonly LedgerEntry[], reads: OperationReads): EndpointUse[] {
  const endpoints = new Map<string, EndpointUse>();
  for (const entry of entries) {
    if (!entry.cached && !entry.shared) addUse(endpoints, figuresOf(entry, reads));
  }
  return [...endpoints.values()];
}

function figuresOf(entry: LedgerEntry, reads: OperationReads): EndpointUse {
  const { service, endpoint, bytes: bodyBytes, lostBytes, json, descriptor } = entry;
  const properties = { fetched: 0, used: 0, unread: new Map<string, number>() };
  const rowReads = descriptor && reads.get(descriptor.endpoint);
  addUnread(NO_ROWS, lostBytes, properties);
  let unstatedBytes = 0;
  const rows = json === undefined ? [] : rowReads && rowsIn(rowReads, entry);
  if (!rowReads || rowReads.isUnstated) unstatedBytes = rows ? sum(rows.map(bytesOf)) : bodyBytes - lostBytes;
  else if (!rows) addUnread(NO_ROWS, bodyBytes - lostBytes, properties);
  else {
    const key = rowReads.endpoint.rowKey;
    const requested = descriptor?.ids && new Set(descriptor.ids);
    for (const row of rows) {
      if (requested && !requested.has(keyText(row[key]) ?? '')) addUnread(NOT_REQUESTED, bytesOf(row), properties);
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

/** The rows of a response; undefined if it has an unexpected form. */
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
