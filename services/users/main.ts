import { openDatabase } from '../data/database.ts';
import { serve } from '../http/serve.ts';
import { userRoutes } from './routes.ts';

serve('users', 3001, userRoutes(openDatabase()));
