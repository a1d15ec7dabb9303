import { createServer, type Server } from 'node:http';
import type { BlockList } from 'node:net';
import express, { Router } from 'express';
import type { MetricsPage } from '../../telemetry/metrics-page.ts';
import { isAmong } from '../identity/networks.ts';
import { securityHeaders, sendAlways } from '../output/security-headers.ts';

/**
 * Metrics in Prometheus' text format. Only peers among `readers` get them, by the address of their connection; for all others the route
 * does not exist. Without `readers`, every peer gets them.
 */
export function metricsRoute(page: MetricsPage, path: string, readers?: BlockList): Router {
  const router = Router();
  router.get(path, async ({ socket }, response, next) => {
    if (readers && !isAmong(readers, socket.remoteAddress ?? '')) {
      next();
      return;
    }
    const { text, contentType } = await page.read();
    response.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store' }).send(text);
  });
  return router;
}

/** A server of the metrics alone, for a port that the public cannot reach. */
export function createMetricsServer(page: MetricsPage, path = '/metrics'): Server {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  sendAlways(app, securityHeaders({ isPublic: false }));
  return createServer(app.use(metricsRoute(page, path)));
}
