import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import type { IdentityHeader } from '../request/identity.ts';

/** Where `npm run build:sandbox` puts the page. */
const PAGE = fileURLToPath(new URL('../../sandbox/dist/', import.meta.url));

/** What the page is told of the client that it is for. */
export interface SandboxConfig {
  readonly client: string;
  readonly identityHeader: IdentityHeader;
  /** An identity that the reference data has. */
  readonly exampleId: string;
  readonly screens: readonly { readonly name: string; readonly text: string; readonly variables: object }[];
}

/** GET / and what the page loads, all of it from this server and by relative addresses. */
export function sandboxRoutes(config: SandboxConfig): Router {
  const router = Router();
  router.get('/sandbox/config.json', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(config);
  });
  if (existsSync(PAGE)) {
    router.use('/sandbox/assets', express.static(`${PAGE}sandbox/assets`, { immutable: true, maxAge: '1y' }));
    router.get('/', (_request, response) => {
      response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: PAGE });
    });
  } else {
    router.get('/', (_request, response) => {
      response.status(503).type('text/plain').send('The sandbox is not built yet: npm run build:sandbox\n');
    });
  }
  return router;
}
