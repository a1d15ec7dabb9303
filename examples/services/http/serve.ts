import { createServer } from 'node:http';
import { listenProblem } from '@facet/server/internal/command/listen-problem.ts';
import express, { type Express, type Router } from 'express';
import { withinCallersTime } from './deadline.ts';
import { answerProblem, noSuchRoute } from './problem.ts';

/** How long a stopping process waits for requests in flight. */
const STOP_LIMIT_MS = 5_000;

/** The Express app of a service: routes, health check, and problem documents for errors. */
export function createApp(routes: Router): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.get(['/healthz', '/readyz'], (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use(withinCallersTime, routes, noSuchRoute, answerProblem);
  return app;
}

/** Listens on a port and stops on SIGINT or SIGTERM; exits with 1 if the port is not available. */
export function serve(name: string, port: number, routes: Router): void {
  const server = createServer(createApp(routes));
  server.on('error', (error: NodeJS.ErrnoException) => {
    process.stderr.write(`${name}: ${listenProblem(error, port, 'PORT')}\n`);
    process.exit(1);
  });
  server.listen(port, () => process.stdout.write(`${name}: http://localhost:${port}\n`));
  const stop = () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
