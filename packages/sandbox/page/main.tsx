import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './styles/frame.css';
import './styles/bar.css';
import './styles/panels.css';
import './styles/waterfall.css';
import type { SandboxConfig } from '@facet/server/internal/http/sandbox/protocol.ts';
import { createRoot } from 'react-dom/client';
import { Sandbox } from './sandbox.tsx';

const root = document.getElementById('sandbox');
if (!root) throw new Error('The page has no element with the id sandbox.');
try {
  const config = await loadConfig();
  document.title = `${config.client} · Facet sandbox`;
  createRoot(root).render(<Sandbox config={config} />);
} catch (error) {
  createRoot(root).render(<Unreachable why={error} />);
}

/** Shown instead of the sandbox if the configuration cannot be loaded, for example while the server restarts. */
function Unreachable({ why }: { readonly why: unknown }) {
  return (
    <main className="graphiql-container facet facet-unreachable" role="alert">
      <p>The server cannot be reached: it may be stopping or starting.</p>
      <p className="facet-muted">{why instanceof Error ? why.message : String(why)}</p>
      <button type="button" className="facet-button" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}

/** Loads the configuration of the client from the server. */
async function loadConfig(): Promise<SandboxConfig> {
  const response = await fetch('./sandbox/config.json');
  if (!response.ok) throw new Error(`Loading the configuration failed with status ${response.status}.`);
  return response.json() as Promise<SandboxConfig>;
}
