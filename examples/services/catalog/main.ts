import { runService } from '../http/service.ts';
import { catalogRoutes } from './routes.ts';

await runService({ name: 'catalog', port: 3003, routes: catalogRoutes });
