import type { FieldUse } from '@facet/server/internal/http/sandbox/protocol.ts';
import { count } from '../figures.ts';

/** Fields by their types, each with its requests, in all and by version of the client. */
export function UsageTable({ uses }: { readonly uses: readonly FieldUse[] }) {
  const types = Map.groupBy(uses, ({ field }) => field.split('.')[0] ?? '');
  return (
    <table className="facet-usage" aria-label="Requests by field">
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col">requests</th>
        </tr>
      </thead>
      {Array.from(types, ([type, fields]) => (
        <tbody key={type}>
          <tr>
            <th scope="rowgroup" colSpan={2}>
              {type}
            </th>
          </tr>
          {fields.map(({ field, requests, clients }) => (
            <tr key={field} className={requests === 0 ? 'facet-unused' : undefined}>
              <th scope="row">
                {field.slice(type.length + 1)}
                {clients.length > 0 && <small>{clients.map(inWords).join(', ')}</small>}
              </th>
              <td>{requests === 0 ? 'nobody' : count(requests)}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

const inWords = ({ name, version, requests }: FieldUse['clients'][number]): string =>
  `${version === 'unknown' ? name : `${name} ${version}`}: ${count(requests)}`;
