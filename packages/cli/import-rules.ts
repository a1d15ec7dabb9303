import { existsSync, readdirSync } from 'node:fs';
import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';
import { ROOT } from './project.ts';

// Imports run downhill only: bffs -> shared -> @facet/server; within it http -> graphql -> downstream -> telemetry, request.
// Type-only imports count like all others.

const TESTS = '(\\.test\\.ts$|^packages/testing/)';

/** The files that the packages' exports lead to. A project imports nothing else of them. */
const PUBLIC = '^packages/(server/(index|http/start)|cli/index|testing/index)\\.ts$';

/** A folder of product code may import these and npm packages, and nothing else of the project. */
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
    comment: 'Files that need each other are one file, or a third one is missing.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'not-to-unresolvable',
    comment: 'An import that leads nowhere escapes every other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  only(
    'command-downhill',
    '^packages/server/command/',
    ['^packages/server/command/'],
    'The ground floor stands on nothing.',
  ),
  only(
    'request-downhill',
    '^packages/server/request/',
    ['^packages/server/request/'],
    'The ground floor stands on nothing.',
  ),
  only(
    'telemetry-downhill',
    '^packages/server/telemetry/',
    ['^packages/server/(telemetry|request)/'],
    'The ground floor stands on nothing.',
  ),
  only(
    'downstream-downhill',
    '^packages/server/downstream/',
    ['^packages/server/(downstream|telemetry|request|command)/'],
    'Calling services knows nothing of GraphQL.',
  ),
  only(
    'graphql-downhill',
    '^packages/server/graphql/',
    ['^packages/server/(graphql|downstream|telemetry|request|command)/'],
    'GraphQL knows no HTTP server.',
  ),
  {
    name: 'packages-alone',
    comment: 'The framework and its tests know no project: their domain is packages/testing/fixture.',
    severity: 'error',
    from: { path: '^packages/' },
    to: { path: '^(bffs|shared|schemas|examples|bench|deploy|docs|tests)/' },
  },
  {
    name: 'packages-by-exports',
    comment:
      "A package imports another by its name, and so through its exports, and not by a path to the other's files.",
    severity: 'error',
    from: { path: '^packages/([^/]+)/' },
    to: { path: '^packages/[^/]+/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'testing-without-fixture',
    comment: "What @facet/testing exports to teams is not about the packages' own tests.",
    severity: 'error',
    from: { path: '^packages/testing/index\\.ts$' },
    to: { path: '^packages/testing/fixture/', reachable: true },
  },
  only('server-alone', '^packages/server/', ['^packages/server/'], 'The runtime knows no project and no tool.'),
  only(
    'cli-alone',
    '^packages/cli/',
    ['^packages/(cli|server|testing)/'],
    'The command works in every project, and reads what is special to one from its files.',
  ),
  only(
    'sandbox-alone',
    '^packages/sandbox/page/',
    ['^packages/sandbox/page/', '^packages/server/http/sandbox/protocol'],
    'The page runs in a browser, and shares with its server what they tell each other.',
  ),
  only(
    'shared-downhill',
    '^shared/',
    ['^shared/', PUBLIC],
    'What clients share describes services. It uses the framework through its exports.',
  ),
  only(
    'bffs-downhill',
    '^bffs/([^/]+)/',
    ['^bffs/$1/', '^shared/', PUBLIC],
    "A client's folder imports itself, shared, and the framework through its exports: it cannot break another client.",
  ),
  {
    name: 'no-bff-to-bff',
    comment: 'Not even in tests.',
    severity: 'error',
    from: { path: '^bffs/([^/]+)/' },
    to: { path: '^bffs/', pathNot: '^bffs/$1/' },
  },
  only(
    'services-downhill',
    '^examples/services/',
    ['^examples/services/', '^packages/server/command/'],
    "The reference services could be anybody else's; they read options and settings as all other commands do.",
  ),
  {
    name: 'frontends-outside',
    comment: "An example frontend could be in a repository of its own: it has its client's package, and nothing else.",
    severity: 'error',
    from: { path: '^examples/([^/]+)/page/' },
    to: { pathNot: ['node_modules/', '^examples/$1/page/', '^bffs/[^/]+/client/'] },
  },
  {
    name: 'nothing-imports-services',
    comment: 'Only test helpers start the reference services within their own process.',
    severity: 'error',
    from: { pathNot: ['^examples/(services|testing)/'] },
    to: { path: '^examples/services/' },
  },
  only(
    'soak-downhill',
    '^bench/soak/',
    ['^bench/soak/', '^bench/(harness|upstream)/', '^packages/cli/table', '^packages/server/command/'],
    'The soak sees a server from outside, as the benchmark does.',
  ),
  {
    name: 'nothing-imports-soak',
    comment: 'It is run, and never part of anything.',
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
    // Some packages have types alone.
    mainFields: ['main', 'types', 'typings'],
  },
};

const BFFS = `${ROOT}bffs/`;

/** Where the clients' packages are, which nothing has installed. */
export const RESOLVE = {
  alias: Object.fromEntries(
    (existsSync(BFFS) ? readdirSync(BFFS) : []).map((client) => [
      `@facet/${client}-client`,
      `${BFFS}${client}/client/screens.generated.js`,
    ]),
  ),
};
