import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import type { FieldUsage } from '../../telemetry/field-usage.ts';
import { type BodyLimits, readJson } from '../input/body.ts';
import { paramsOfBody } from '../input/params.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Directory of the page in the package @facet/sandbox; undefined if that is not installed, as in a production bundle. */
function pageDirectory(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@facet/sandbox/dist/index.html'));
  } catch {
    return undefined;
  }
}

/** The sandbox: its page at `/`, what the page loads, and what it asks for. All addresses in the page are relative. */
export function sandboxRoutes(sandbox: Sandbox, bodies: BodyLimits, usage: FieldUsage | undefined): Router {
  const router = Router();
  router.use('/sandbox', guard);
  router.get('/sandbox/config.json', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(sandbox.config());
  });
  router.post('/sandbox/cost', async (request, response) => {
    const body = await readJson(request, response, bodies);
    response.set('Cache-Control', 'no-store').json(sandbox.estimated(paramsOfBody(body)));
  });
  router.post('/sandbox/drills', async (request, response) => {
    const body = await readJson(request, response, bodies);
    response.set('Cache-Control', 'no-store').json({ header: sandbox.signed(body) });
  });
  // Every field as `Type.field`, with the requests that selected it since the start, in all and by version of the client.
  router.get('/sandbox/fields.json', (_request, response, next) => {
    if (usage) response.set('Cache-Control', 'no-store').json({ fields: usage.uses });
    else next();
  });
  const page = pageDirectory();
  router.get('/', guard, (request, response) => {
    const [path = '', query] = request.originalUrl.split('?', 2);
    // Below a mount path without a slash, the relative addresses of the page would miss that path.
    if (!path.endsWith('/')) response.redirect(308, `${request.baseUrl}/${query === undefined ? '' : `?${query}`}`);
    else if (page === undefined) response.status(503).type('text/plain').send(NOT_INSTALLED);
    else response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: page });
  });
  if (page !== undefined) {
    router.use('/sandbox/assets', express.static(`${page}/sandbox/assets`, { immutable: true, maxAge: '1y' }));
  }
  return router;
}

const NOT_INSTALLED = 'The sandbox is not installed: it is the package @facet/sandbox.\n';

/** The page runs and loads only what this server serves. Its editor writes styles into the page. */
const POLICY = Object.entries({
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  // GraphiQL's style sheet contains its fonts.
  'font-src': "'self' data:",
  'img-src': "'self' data:",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
})
  .map((directive) => directive.join(' '))
  .join('; ');

const guard: RequestHandler = (_request, response, next) => {
  response.set('Content-Security-Policy', POLICY);
  next();
};
