import type { InjectedFault } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useId, useState } from 'react';
import { describeDrill } from '../bar/drills.tsx';
import { bytes, count, counted, milliseconds } from '../figures.ts';
import { ChevronIcon } from '../icons.tsx';
import { type Run, useSession } from '../session.ts';
import { WaterfallTable } from './table.tsx';

/** The panel at the bottom with the calls of the last run. */
export function Dock() {
  const { run, isRunning, isRejected } = useSession().state;
  const [isOpen, setOpen] = useState(true);
  const content = useId();
  return (
    <section className={`facet-dock ${isOpen ? 'facet-open' : ''}`} aria-label="Waterfall" aria-busy={isRunning}>
      <header>
        <h2>
          <button type="button" aria-expanded={isOpen} aria-controls={content} onClick={() => setOpen(!isOpen)}>
            <ChevronIcon /> Waterfall
          </button>
        </h2>
        <div role="status" className="facet-summary">
          {run ? (
            <Summary run={run} />
          ) : (
            <span className="facet-muted">
              {isRejected
                ? 'The request was rejected before it made any call.'
                : 'Run a screen or a query to see its calls.'}
            </span>
          )}
        </div>
      </header>
      <section
        id={content}
        className="facet-dock-content"
        aria-label="Calls"
        hidden={!isOpen || !run}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
        tabIndex={0}
      >
        {run && <WaterfallTable explanation={run.explanation} />}
      </section>
    </section>
  );
}

/** A run in one line, with the upper bound next to each figure. */
function Summary({ run: { explanation, responseBytes, errors } }: { readonly run: Run }) {
  const { screen, calls, waves, totalMs, deadlineMs, bound, drills, leftOut } = explanation;
  const made = calls.filter(({ cached }) => !cached);
  const hits = calls.length - made.length;
  return (
    <>
      <b>{screen ?? 'ad hoc'}</b>
      <Figure value={counted(made.length + leftOut, 'call')} most={bound && count(bound.calls)} />
      <Figure value={counted(waves, 'wave')} most={bound && count(bound.waves)} />
      <Figure value={milliseconds(totalMs)} most={bound && milliseconds(Math.min(bound.timeMs, deadlineMs))} />
      <span>
        {bytes(made.reduce((total, call) => total + call.bytes, 0))} fetched, {bytes(responseBytes)} returned
      </span>
      {hits > 0 && <span>{counted(hits, 'cache hit')}</span>}
      {errors > 0 && <span className="facet-failed">{counted(errors, 'error')}</span>}
      {drills.map((drill: InjectedFault) => (
        <span key={drill.service} className="facet-chip facet-warns">
          drill: {describeDrill(drill)}
        </span>
      ))}
    </>
  );
}

function Figure({ value, most }: { readonly value: string; readonly most: string | null }) {
  return (
    <span>
      {value}
      {most !== null && <span className="facet-muted"> (max. {most})</span>}
    </span>
  );
}
