import { start } from '@facet/server/start';

await start(() => import('./bff.ts'));
