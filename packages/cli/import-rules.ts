import { existsSync, readdirSync } from 'node:fs';
import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';
import { ROOT } from './project.ts';

// The layering rules: bffs -> shared -> @facet/server, and inside the server http -> graphql -> downstream -> telemetry, request.
// They include type-only imports.

const TESTS = '(\\.test\\.ts$|^packages/testing/)';

/** The files behind the packages' `exports`. A project may import only these. */
const PUBLIC = '^packages/(server/(index|http/start)|cli/index|testing/index)\\.ts$';

/** A rule: the files matching `from`, except tests, may import only npm packages and the files matching `allowed`. */
const only = (name: string, from: string, allowed: readonly string[], comment: string): IForbiddenRuleType => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TESTS },
  to: { pathNot: ['node_modules/', ...allowed], dependencyTypesNot: ['core'] },
});

export const FORBIDDEN: IForbiddenRuleType[] = [
  {
    name: 'no-circular',
    comment: 'Merge files that import each other, or move their common part into a third file.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'not-to-unresolvable',
    comment: 'Imports that cannot be resolved would escape all other rules.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  only(
    'command-downhill',
    '^packages/server/command/',
    ['^packages/server/command/'],
    'The lowest layer imports no other layer.',
  ),
  only(
    'request-downhill',
    '^packages/server/request/',
    ['^packages/server/request/'],
    'The lowest layer imports no other layer.',
  ),
  only(
    'telemetry-downhill',
    '^packages/server/telemetry/',
    ['^packages/server/(telemetry|request)/'],
    'The lowest layer imports no other layer.',
  ),
  only(
    'downstream-downhill',
    '^packages/server/downstream/',
    ['^packages/server/(downstream|telemetry|request|command)/'],
    'The downstream layer does not depend on GraphQL.',
  ),
  only(
    'graphql-downhill',
    '^packages/server/graphql/',
    ['^packages/server/(graphql|downstream|telemetry|request|command)/'],
    'The GraphQL layer does not depend on the HTTP server.',
  ),
  only(
    'server-alone',
    '^packages/server/',
    ['^packages/server/'],
    'The runtime depends neither on a project nor on the tools.',
  ),
  {
    name: 'packages-alone',
    comment: 'The framework and its tests do not depend on a project. Their test domain is packages/testing/fixture.',
    severity: 'error',
    from: { path: '^packages/' },
    to: { path: '^(bffs|shared|schemas|examples|bench|deploy|docs|tests)/' },
  },
  {
    name: 'packages-by-exports',
    comment: 'A package imports another one by its name, through its exports, and not by a path to its files.',
    severity: 'error',
    from: { path: '^packages/([^/]+)/' },
    to: { path: '^packages/[^/]+/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'testing-without-fixture',
    comment: "The exports of @facet/testing do not depend on the domain of the packages' own tests.",
    severity: 'error',
    from: { path: '^packages/testing/index\\.ts$' },
    to: { path: '^packages/testing/fixture/', reachable: true },
  },
  only(
    'cli-alone',
    '^packages/cli/',
    ['^packages/(cli|server|testing)/'],
    'The command works in every project; it reads project-specific facts from files at run time.',
  ),
  only(
    'sandbox-alone',
    '^packages/sandbox/page/',
    ['^packages/sandbox/page/', '^packages/server/http/sandbox/protocol'],
    'The page runs in a browser and shares only the protocol types with its server.',
  ),
  only(
    'shared-downhill',
    '^shared/',
    ['^shared/', PUBLIC],
    'shared/ describes the services and uses the framework only through its exports.',
  ),
  only(
    'bffs-downhill',
    '^bffs/([^/]+)/',
    ['^bffs/$1/', '^shared/', PUBLIC],
    "A client's directory imports only itself, shared/, and the framework's exports, so it cannot break another client.",
  ),
  {
    name: 'no-bff-to-bff',
    comment: 'No client imports another one, not even in tests.',
    severity: 'error',
    from: { path: '^bffs/([^/]+)/' },
    to: { path: '^bffs/', pathNot: '^bffs/$1/' },
  },
  only(
    'services-downhill',
    '^examples/services/',
    ['^examples/services/', '^packages/server/command/'],
    'The reference services are independent of the framework, except for its command-line helpers.',
  ),
  {
    name: 'frontends-outside',
    comment: "An example frontend imports only its client's package, as if it were in a separate repository.",
    severity: 'error',
    from: { path: '^examples/([^/]+)/page/' },
    to: { pathNot: ['node_modules/', '^examples/$1/page/', '^bffs/[^/]+/client/'] },
  },
  {
    name: 'nothing-imports-services',
    comment: 'Only test helpers may start the reference services in their own process.',
    severity: 'error',
    from: { pathNot: ['^examples/(services|testing)/'] },
    to: { path: '^examples/services/' },
  },
  only(
    'soak-downhill',
    '^bench/soak/',
    ['^bench/soak/', '^bench/(harness|upstream)/', '^packages/cli/table', '^packages/server/command/'],
    'The soak test observes a server from outside, like the benchmark.',
  ),
  {
    name: 'nothing-imports-soak',
    comment: 'The soak test is a program, not a library.',
    severity: 'error',
    from: { pathNot: '^bench/(soak|mutants)/' },
    to: { path: '^bench/soak/' },
  },
];

export const OPTIONS: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  exclude: { path: ['^packages/sandbox/dist/', '^examples/[^/]+/dist/'] },
  tsPreCompilationDeps: true,
  detectJSDocImports: false,
  enhancedResolveOptions: {
    extensions: ['.ts', '.tsx', '.js'],
    conditionNames: ['node', 'import', 'require', 'types', 'default'],
    exportsFields: ['exports'],
    // Some packages contain only types.
    mainFields: ['main', 'types', 'typings'],
  },
};

const BFFS = `${ROOT}bffs/`;

/** Paths of the client packages, which are not installed in node_modules. */
export const RESOLVE = {
  alias: Object.fromEntries(
    (existsSync(BFFS) ? readdirSync(BFFS) : []).map((client) => [
      `@facet/${client}-client`,
      `${BFFS}${client}/client/screens.generated.js`,
    ]),
  ),
};
