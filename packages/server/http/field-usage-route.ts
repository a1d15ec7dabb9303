import { Router } from 'express';
import type { FieldUsage } from '../telemetry/field-usage.ts';

/**
 * GET /sandbox/fields.json: every field of the schema as `Type.field`, with the requests that asked for it since the start, in
 * all and by version of the client. A field that nobody ever asked for has 0 and no clients.
 */
export function fieldUsageRoute(usage: FieldUsage): Router {
  const router = Router();
  router.get('/sandbox/fields.json', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ fields: usage.uses });
  });
  return router;
}
