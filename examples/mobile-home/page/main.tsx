import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (!root) throw new Error('There is no place for the app in the page.');
createRoot(root).render(<App />);
