import { runService } from '../http/service.ts';
import { userRoutes } from './routes.ts';

await runService({ name: 'users', port: 3001, routes: userRoutes });
