import { runService } from '../http/service.ts';
import { orderRoutes } from './routes.ts';

await runService({ name: 'orders', port: 3002, routes: orderRoutes });
