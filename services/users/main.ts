import { openDatabase } from '../data/database.ts';
import { serve } from '../http/serve.ts';
import { userRoutes } from './routes.ts';

const publicUrl = process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? 3001}`;

serve('users', 3001, userRoutes(openDatabase(), publicUrl));
