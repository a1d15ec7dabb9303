import { serve } from '../../shared/server/serve.ts';
import { bff } from './bff.ts';

await serve(bff);
