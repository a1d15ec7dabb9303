import { Router } from 'express';

/** Whether the server may be sent requests: not yet, yes, no more. */
export interface Readiness {
  state: 'starting' | 'ready' | 'stopping';
}

/** GET /healthz says that the process lives; GET /readyz whether to send it traffic, whatever the services are up to. */
export function healthRoutes(readiness: Readiness): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', (_request, response) => {
    response
      .status(readiness.state === 'ready' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: readiness.state });
  });
  return router;
}
