import type { SandboxScreen } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useId } from 'react';
import { PlayIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { asCode, asCurl, asUrl } from './copies.ts';
import { CopyButton } from './copy-button.tsx';
import { ScreenFigures } from './figures.tsx';
import { tabOf, useOpenScreen } from './open-screen.ts';

/** One screen: to run, to copy, and what it costs. */
export function ScreenCard({ screen }: { readonly screen: SandboxScreen }) {
  const { config, state } = useSession();
  const { run } = useGraphiQLActions();
  const open = useOpenScreen();
  const heading = useId();
  // What is copied is what would be run: with the variables of the screen's own tab, where it is open.
  const tab = useGraphiQL(({ tabs }) => tabOf(tabs, screen));
  const isReady = useGraphiQL(({ queryEditor, responseEditor }) => queryEditor && responseEditor) !== undefined;
  const variables = objectIn(tab?.variables) ?? screen.variables;
  const asked = { ...screen, variables, client: config.client, paths: config.paths, base: document.baseURI };
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
        <CopyButton label="curl" of={screen.name} text={() => asCurl(asked, identity)} />
        <CopyButton label="URL" of={screen.name} text={() => asUrl(asked)} />
        <CopyButton label="code" of={screen.name} text={() => asCode(asked)} />
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
