import type { FieldUse } from '@facet/server/internal/http/sandbox/protocol.ts';
import type { GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { count, counted } from '../figures.ts';
import { UsageIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { UsageTable } from './table.tsx';

export const USAGE_PLUGIN: GraphiQLPlugin = { title: 'Field usage', icon: UsageIcon, content: UsagePanel };

/** Which fields are asked for how often and by whom, since the server's start; above all, which are by nobody. */
function UsagePanel() {
  // What was run here counts as well.
  const { run } = useSession().state;
  const [uses, setUses] = useState<readonly FieldUse[]>();
  const [problem, setProblem] = useState<string>();
  const [isUnusedOnly, setUnusedOnly] = useState(false);
  const [times, setTimes] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run, or a press of the button, is a reason to look again
  useEffect(() => {
    let isWanted = true;
    loadUses().then(
      (loaded) => isWanted && setUses(loaded),
      (error: unknown) => isWanted && setProblem(String(error)),
    );
    return () => {
      isWanted = false;
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
            Requests since the server started. Nobody asks for {count(unused.length)} of {counted(uses.length, 'field')}
            .
          </p>
          <div className="facet-usage-bar">
            <label>
              <input
                type="checkbox"
                checked={isUnusedOnly}
                onChange={({ currentTarget }) => setUnusedOnly(currentTarget.checked)}
              />{' '}
              only those
            </label>
            <button type="button" className="facet-link" onClick={() => setTimes(times + 1)}>
              look again
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
  if (!response.ok) throw new Error(`The server does not tell what its fields are used for: ${response.status}.`);
  const { fields } = (await response.json()) as { readonly fields: readonly FieldUse[] };
  return fields;
}
