import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './styles/frame.css';
import './styles/bar.css';
import './styles/panels.css';
import './styles/waterfall.css';
import { createRoot } from 'react-dom/client';
import { loadConfig } from './config.ts';
import { Sandbox } from './sandbox.tsx';
import { Unreachable } from './unreachable.tsx';

const root = document.getElementById('sandbox');
if (!root) throw new Error('There is no place for the sandbox in the page.');
try {
  const config = await loadConfig();
  document.title = `${config.client} · Facet sandbox`;
  createRoot(root).render(<Sandbox config={config} />);
} catch (error) {
  createRoot(root).render(<Unreachable why={error} />);
}
