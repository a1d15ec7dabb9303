import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { checkJson } from './checks.ts';
import { paramsOfBody } from './graphql-params.ts';
import { type BodyLimits, parseJson, readBody } from './read-json.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** Directory of the page in the package @facet/sandbox; undefined if that is not installed, as in a production bundle. */
function pageDirectory(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@facet/sandbox/dist/index.html'));
  } catch {
    return undefined;
  }
}

/** GET / and what the page loads and asks for, all of it from this server and by relative addresses. */
export function sandboxRoutes(sandbox: Sandbox, bodies: BodyLimits): Router {
  const router = Router();
  router.use('/sandbox', guard);
  router.get('/sandbox/config.json', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(sandbox.config());
  });
  router.post('/sandbox/cost', checkJson, readBody(bodies), parseJson, (request, response) => {
    response.set('Cache-Control', 'no-store').json(sandbox.estimated(paramsOfBody(request.body)));
  });
  router.post('/sandbox/drills', checkJson, readBody(bodies), parseJson, (request, response) => {
    response.set('Cache-Control', 'no-store').json({ header: sandbox.signed(request.body) });
  });
  const page = pageDirectory();
  if (page !== undefined) {
    router.use('/sandbox/assets', express.static(`${page}/sandbox/assets`, { immutable: true, maxAge: '1y' }));
    router.get('/', guard, (_request, response) => {
      response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: page });
    });
  } else {
    router.get('/', guard, (_request, response) => {
      response.status(503).type('text/plain').send('The sandbox is not installed: it is the package @facet/sandbox.\n');
    });
  }
  return router;
}

/**
 * The page runs no script and loads nothing but this server's own. Its editor writes styles into the page; a worker of it
 * has the policy that it was itself answered with.
 */
const POLICY = Object.entries({
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  // GraphiQL's style sheet has its fonts in itself.
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
