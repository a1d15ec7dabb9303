/** Each command's module, loaded on demand, and its summary. */
export type Commands = Readonly<Record<string, readonly [load: () => Promise<unknown>, summary: string]>>;

/** All commands. The caller passes `generate`: its module imports this one for the reference of commands. */
export function commands(generate: () => Promise<unknown>): Commands {
  return {
    start: [() => import('./start.ts'), 'starts the BFFs, and the services and frontends in facet.config.ts'],
    dev: [() => import('./start.ts'), 'like start, and restarts processes when their sources change'],
    generate: [generate, 'generates types, client packages, manifests and tables from schemas and OpenAPI documents'],
    check: [() => import('./check.ts'), 'computes the worst-case cost of every screen and compares it with its budget'],
    explain: [() => import('./explain.ts'), 'prints how screens are executed: calls, waves and keys, field by field'],
    impact: [() => import('./impact.ts'), 'lists the screens that a service or schema change breaks'],
    new: [() => import('./new-bff.ts'), 'creates the BFF of a new client'],
    mock: [() => import('./mock.ts'), "serves a client's schema with generated data"],
    build: [() => import('./build.ts'), 'bundles every BFF and service into dist/'],
    audit: [() => import('./audit.ts'), 'lists known vulnerabilities in the bundled packages'],
    sbom: [() => import('./sbom.ts'), 'writes a software bill of materials for each bundle'],
    gateway: [() => import('./gateway.ts'), 'runs HAProxy in front of the BFFs'],
  };
}
