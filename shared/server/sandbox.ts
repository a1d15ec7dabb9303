import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, Router } from 'express';
import { checkJson } from './checks.ts';
import { paramsOfBody } from './graphql-params.ts';
import { type BodyLimits, parseJson, readBody } from './read-json.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** Where `npm run build:sandbox` puts the page. */
const PAGE = fileURLToPath(new URL('../../sandbox/dist/', import.meta.url));

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
  if (existsSync(`${PAGE}index.html`)) {
    router.use('/sandbox/assets', express.static(`${PAGE}sandbox/assets`, { immutable: true, maxAge: '1y' }));
    router.get('/', guard, (_request, response) => {
      response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: PAGE });
    });
  } else {
    router.get('/', guard, (_request, response) => {
      response.status(503).type('text/plain').send('The sandbox is not built yet: npm run build:sandbox\n');
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
