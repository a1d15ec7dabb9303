import { useId, useState } from 'react';
import { ChevronIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { Summary } from './summary.tsx';
import { WaterfallTable } from './table.tsx';

/** Below everything: what the last run did. */
export function Dock() {
  const { run, isRunning, isRefused } = useSession().state;
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
              {isRefused ? 'It was refused before it asked anything.' : 'Run something, and see what it asked of whom.'}
            </span>
          )}
        </div>
      </header>
      <section
        id={content}
        className="facet-dock-content"
        aria-label="Calls"
        hidden={!isOpen || !run}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        {run && <WaterfallTable explanation={run.explanation} />}
      </section>
    </section>
  );
}
