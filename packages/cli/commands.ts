/** Each command's module, loaded when it is called, and what the command does. */
export type Commands = Readonly<Record<string, readonly [load: () => Promise<unknown>, does: string]>>;

/** All commands. `generate` loads the one that describes the others, and so cannot be imported here. */
export function commands(generate: () => Promise<unknown>): Commands {
  return {
    start: [() => import('./start.ts'), 'starts the BFFs, and the services and frontends of facet.config.ts'],
    dev: [() => import('./start.ts'), 'as start, and restarts what a change affects'],
    generate: [generate, 'makes types, clients, manifests and tables from schemas and OpenAPI documents'],
    check: [() => import('./check.ts'), 'bounds the cost of every screen, and compares it with its budget'],
    impact: [() => import('./impact.ts'), 'names the screens that a change of a service or a schema breaks'],
    new: [() => import('./new-bff.ts'), "makes a new client's BFF"],
    mock: [() => import('./mock.ts'), "serves a client's schema with made-up data"],
    build: [() => import('./build.ts'), 'bundles every BFF below dist/'],
    audit: [() => import('./audit.ts'), 'asks the registry for known vulnerabilities of what is bundled'],
    sbom: [() => import('./sbom.ts'), 'writes which packages each bundle is made of'],
    gateway: [() => import('./gateway.ts'), 'runs HAProxy in front of the BFFs'],
  };
}
