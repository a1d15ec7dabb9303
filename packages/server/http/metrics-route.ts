import { createServer, type Server } from 'node:http';
import type { BlockList } from 'node:net';
import express, { Router } from 'express';
import type { MetricsPage } from '../telemetry/metrics-page.ts';
import { isAmong } from './identity/networks.ts';
import { securityHeaders, sendAlways } from './security-headers.ts';

/**
 * GET /metrics, in Prometheus' text format. Only peers among `readers` see it, by the address of their socket; for all others the
 * route does not exist. Without `readers` everybody sees it.
 */
export function metricsRoute(page: MetricsPage, readers?: BlockList): Router {
  const router = Router();
  router.get('/metrics', async ({ socket }, response, next) => {
    if (readers && !isAmong(readers, socket.remoteAddress ?? '')) {
      next();
      return;
    }
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
