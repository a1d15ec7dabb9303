/** Each command's module, loaded when it is called, and what the command does. */
export const COMMANDS: Readonly<Record<string, readonly [load: () => Promise<unknown>, does: string]>> = {
  start: [() => import('./start.ts'), 'starts the BFFs, and the services and frontends of facet.config.ts'],
  dev: [() => import('./start.ts'), 'as start, and restarts what a change affects'],
  generate: [
    () => import('./generate.ts'),
    'makes types, clients, manifests and tables from schemas and OpenAPI documents',
  ],
  check: [() => import('./check.ts'), 'bounds the cost of every screen, and compares it with its budget'],
  impact: [() => import('./impact.ts'), 'names the screens that a change of a service or a schema breaks'],
  new: [() => import('./new-bff.ts'), "makes a new client's BFF"],
  mock: [() => import('./mock.ts'), "serves a client's schema with made-up data"],
  build: [() => import('./build.ts'), 'bundles every BFF below dist/'],
  audit: [() => import('./audit.ts'), 'asks the registry for known vulnerabilities of what is bundled'],
  sbom: [() => import('./sbom.ts'), 'writes which packages each bundle is made of'],
  gateway: [() => import('./gateway.ts'), 'runs HAProxy in front of the BFFs'],
};
