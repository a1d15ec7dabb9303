import { Router } from 'express';
import type { Paths } from '../paths.ts';

/** Whether the server may get requests. */
export interface Readiness {
  state: 'starting' | 'ready' | 'stopping';
}

/** Liveness (the process answers) and readiness: 503 while the server starts or stops. The state of the services does not matter. */
export function healthRoutes(readiness: Readiness, paths: Pick<Paths, 'health' | 'ready'>): Router {
  const router = Router();
  router.get(paths.health, (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get(paths.ready, (_request, response) => {
    response
      .status(readiness.state === 'ready' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: readiness.state });
  });
  return router;
}
