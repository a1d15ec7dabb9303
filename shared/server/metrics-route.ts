import { createServer, type Server } from 'node:http';
import express, { Router } from 'express';
import type { MetricsPage } from '../telemetry/metrics-page.ts';
import { securityHeaders, sendAlways } from './security-headers.ts';

/** GET /metrics, in Prometheus' text format. */
export function metricsRoute(page: MetricsPage): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    const { text, contentType } = await page.read();
    response.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store' }).send(text);
  });
  return router;
}

/** A server for nothing but the page, on a port that the public cannot reach. */
export function createMetricsServer(page: MetricsPage): Server {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  sendAlways(app, securityHeaders({ isPublic: false }));
  return createServer(app.use(metricsRoute(page)));
}
