import type { Measured, SandboxScreen } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useId } from 'react';
import { count, milliseconds } from '../figures.ts';
import { PlayIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { asCode, asCurl, asUrl } from './copies.ts';
import { CopyButton } from './copy-button.tsx';
import { tabOf, useOpenScreen } from './open-screen.ts';

/** One screen with its cost, a run button and copy buttons. */
export function ScreenCard({ screen }: { readonly screen: SandboxScreen }) {
  const { config, state } = useSession();
  const { run } = useGraphiQLActions();
  const open = useOpenScreen();
  const heading = useId();
  // Copies what a run would send: the variables of the screen's tab, if it is open.
  const tab = useGraphiQL(({ tabs }) => tabOf(tabs, screen));
  const isReady = useGraphiQL(({ queryEditor, responseEditor }) => queryEditor && responseEditor) !== undefined;
  const variables = objectIn(tab?.variables) ?? screen.variables;
  const request = { ...screen, variables, client: config.client, paths: config.paths, base: document.baseURI };
  const identity = [config.identityHeader, state.identity] as const;
  return (
    <article className="facet-screen" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>
          <button type="button" className="facet-link" onClick={() => open(screen)} title="Open its tab">
            {screen.name}
          </button>
        </h3>
        <button
          type="button"
          className="facet-button facet-run"
          aria-label={`Run ${screen.name}`}
          disabled={!isReady}
          onClick={() => {
            open(screen);
            run();
          }}
        >
          <PlayIcon /> Run
        </button>
      </header>
      <ScreenFigures screen={screen} measured={state.measured[screen.name]} />
      <footer>
        <span>Copy as</span>
        <CopyButton label="curl" of={screen.name} text={() => asCurl(request, identity)} />
        <CopyButton label="URL" of={screen.name} text={() => asUrl(request)} />
        <CopyButton label="code" of={screen.name} text={() => asCode(request)} />
      </footer>
    </article>
  );
}

function objectIn(text: string | null | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const NONE = '–';

interface FigureProps {
  readonly screen: SandboxScreen;
  readonly measured: Measured | undefined;
}

/** The screen's budget, its worst-case cost, and the cost of its last run. */
function ScreenFigures({ screen: { name, budget, bound }, measured }: FigureProps) {
  const { deadlineMs } = useSession().config;
  const rows = [
    { label: 'budget', figures: [budget?.calls, budget?.waves, budget?.rows], time: budget && deadlineMs },
    {
      label: 'at most',
      figures: [bound?.calls, bound?.waves, bound?.rows],
      time: bound && Math.min(bound.timeMs, deadlineMs),
    },
    { label: 'last run', figures: [measured?.calls, measured?.waves, undefined], time: measured?.totalMs },
  ];
  return (
    <table aria-label={`Cost of ${name}`}>
      <thead>
        <tr>
          <td />
          <th scope="col">calls</th>
          <th scope="col">waves</th>
          <th scope="col">rows</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, figures, time }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {figures.map((figure, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
              <td key={index}>{figure === undefined ? NONE : count(figure)}</td>
            ))}
            <td>{time === undefined ? NONE : milliseconds(time)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
