import { start } from '../../shared/server/start.ts';

await start(() => import('./bff.ts'));
