import { openDatabase } from '../data/database.ts';
import { serve } from '../http/serve.ts';
import { catalogRoutes } from './routes.ts';

const publicUrl = process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? 3003}`;

serve('catalog', 3003, catalogRoutes(openDatabase(), publicUrl));
