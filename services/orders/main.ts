import { openDatabase } from '../data/database.ts';
import { serve } from '../http/serve.ts';
import { orderRoutes } from './routes.ts';

serve('orders', 3002, orderRoutes(openDatabase()));
