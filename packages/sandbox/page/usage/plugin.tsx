import type { FieldUse } from '@facet/server/internal/http/sandbox/protocol.ts';
import type { GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { count, counted } from '../figures.ts';
import { UsageIcon } from '../icons.tsx';
import { useSession } from '../session.ts';

export const USAGE_PLUGIN: GraphiQLPlugin = { title: 'Field usage', icon: UsageIcon, content: UsagePanel };

/** How often each field was requested since the server started, and by which clients. Highlights unused fields. */
function UsagePanel() {
  // Reloads after each run, because runs count too.
  const { run } = useSession().state;
  const [uses, setUses] = useState<readonly FieldUse[]>();
  const [problem, setProblem] = useState<string>();
  const [isUnusedOnly, setUnusedOnly] = useState(false);
  const [times, setTimes] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run and the refresh button trigger a reload
  useEffect(() => {
    let isCurrent = true;
    loadUses().then(
      (loaded) => isCurrent && setUses(loaded),
      (error: unknown) => isCurrent && setProblem(String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [run, times]);
  const unused = uses?.filter(({ requests }) => requests === 0) ?? [];
  return (
    <section className="facet-panel" aria-label="Field usage">
      <h2>Field usage</h2>
      {problem !== undefined && <p className="facet-failed">{problem}</p>}
      {uses && (
        <>
          <p className="facet-muted">
            Requests since the server started. {count(unused.length)} of {counted(uses.length, 'field')} are unused.
          </p>
          <div className="facet-usage-bar">
            <label>
              <input
                type="checkbox"
                checked={isUnusedOnly}
                onChange={({ currentTarget }) => setUnusedOnly(currentTarget.checked)}
              />{' '}
              unused only
            </label>
            <button type="button" className="facet-link" onClick={() => setTimes(times + 1)}>
              refresh
            </button>
          </div>
          <UsageTable uses={isUnusedOnly ? unused : uses} />
        </>
      )}
    </section>
  );
}

async function loadUses(): Promise<readonly FieldUse[]> {
  const response = await fetch('./sandbox/fields.json');
  if (!response.ok) throw new Error(`Loading the field usage failed with status ${response.status}.`);
  const { fields } = (await response.json()) as { readonly fields: readonly FieldUse[] };
  return fields;
}

/** Requests per field, grouped by type, with a breakdown by client version. */
function UsageTable({ uses }: { readonly uses: readonly FieldUse[] }) {
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
                {clients.length > 0 && <small>{clients.map(describeClient).join(', ')}</small>}
              </th>
              <td>{requests === 0 ? 'unused' : count(requests)}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

const describeClient = ({ name, version, requests }: FieldUse['clients'][number]): string =>
  `${version === 'unknown' ? name : `${name} ${version}`}: ${count(requests)}`;
