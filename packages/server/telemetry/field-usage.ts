import type { RunOperation } from '../request/ledger.ts';
import type { ClientVersion, ClientVersions } from './client-versions.ts';
import type { Collector } from './collector.ts';
import type { FieldUse } from './field-use.ts';

/** Most distinct operations before their fields are counted. */
const MAX_PENDING = 500;

/**
 * Counts the requests for each field of a schema, by client version. A request only counts its operation. The fields are counted
 * when they are read, or when there are many operations.
 */
export class FieldUsage {
  readonly #schemaFields: readonly string[];
  readonly #clients: ClientVersions;
  #pending = 0;

  /** `schemaFields` are all fields of the schema. */
  constructor(schemaFields: readonly string[], clients: ClientVersions) {
    this.#schemaFields = schemaFields;
    this.#clients = clients;
  }

  note({ operations }: ClientVersion, operation: RunOperation): void {
    const count = operations.get(operation);
    operations.set(operation, (count ?? 0) + 1);
    if (count !== undefined) return;
    this.#pending += 1;
    if (this.#pending > MAX_PENDING) this.#countFields();
  }

  /** The use of every field, in the order of the schema. */
  get uses(): FieldUse[] {
    this.#countFields();
    return this.#schemaFields.map((field) => {
      const clients = Array.from(this.#clients, ({ name, version, fields }) => ({
        name,
        version,
        requests: fields.get(field) ?? 0,
      })).filter(({ requests }) => requests > 0);
      return { field, requests: clients.reduce((sum, { requests }) => sum + requests, 0), clients };
    });
  }

  get collectors(): Collector[] {
    return [
      {
        name: 'facet_field_requests_total',
        type: 'counter',
        help: 'Requests that selected a field. A field that was never selected is 0, without a client.',
        labels: ['field', 'client_name', 'client_version'],
        read: () =>
          this.uses.flatMap(({ field, clients }) =>
            clients.length === 0
              ? [[{ field, client_name: '', client_version: '' }, 0] as const]
              : clients.map(
                  ({ name, version, requests }) =>
                    [{ field, client_name: name, client_version: version }, requests] as const,
                ),
          ),
      },
    ];
  }

  #countFields(): void {
    for (const { operations, fields } of this.#clients) {
      for (const [operation, count] of operations) {
        for (const field of operation.fields) fields.set(field, (fields.get(field) ?? 0) + count);
      }
      operations.clear();
    }
    this.#pending = 0;
  }
}
