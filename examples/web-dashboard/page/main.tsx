import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('page');
if (!root) throw new Error('There is no place for the dashboard in the page.');
createRoot(root).render(<App />);
