import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';

// Imports run downhill only: bffs -> shared/server -> shared/graphql -> shared/downstream -> shared/request.
// Type-only imports count like all others.

const TESTS = '(\\.test\\.ts$|^testing/)';

/** A folder of product code may import these and npm packages, and nothing else of the project. */
const only = (from: string, allowed: readonly string[], comment: string): IForbiddenRuleType => ({
  name: `${from.replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '')}-downhill`,
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
  only('^shared/command/', ['^shared/command/'], 'The ground floor stands on nothing.'),
  only('^shared/request/', ['^shared/request/'], 'The ground floor stands on nothing.'),
  only('^shared/telemetry/', ['^shared/(telemetry|request)/'], 'The ground floor stands on nothing.'),
  only(
    '^shared/downstream/',
    ['^shared/(downstream|telemetry|request|command)/'],
    'Asking knows nothing of answering.',
  ),
  only(
    '^shared/graphql/',
    ['^shared/(graphql|downstream|telemetry|request|command)/'],
    'Answering knows no HTTP server.',
  ),
  only('^shared/server/', ['^shared/'], 'shared knows no client.'),
  only(
    '^services/',
    ['^services/', '^shared/command/'],
    "The reference services could be anybody else's; they read options and settings as all other commands do.",
  ),
  only(
    '^sandbox/page/',
    ['^sandbox/page/', '^shared/server/sandbox/protocol'],
    'The page runs in a browser, and shares with its server what they tell each other.',
  ),
  only(
    '^soak/',
    ['^soak/', '^bench/(harness|upstream)/', '^tools/table', '^shared/command/'],
    'The soak sees a server from outside, as the benchmark does.',
  ),
  {
    name: 'bffs-downhill',
    comment: "A client's folder imports itself and shared: it cannot break another client.",
    severity: 'error',
    from: { path: '^bffs/([^/]+)/', pathNot: TESTS },
    to: { pathNot: ['node_modules/', '^bffs/$1/', '^shared/'], dependencyTypesNot: ['core'] },
  },
  {
    name: 'no-bff-to-bff',
    comment: 'Not even in tests.',
    severity: 'error',
    from: { path: '^bffs/([^/]+)/' },
    to: { path: '^bffs/', pathNot: '^bffs/$1/' },
  },
  {
    name: 'frontends-outside',
    comment: "An example frontend could be in a repository of its own: it has its client's package, and nothing else.",
    severity: 'error',
    from: { path: '^examples/([^/]+)/page/' },
    to: { pathNot: ['node_modules/', '^examples/$1/page/', '^bffs/[^/]+/client/'] },
  },
  {
    name: 'nothing-imports-services',
    comment: 'Only the tests start the reference services within their own process.',
    severity: 'error',
    from: { pathNot: ['^services/', '^testing/'] },
    to: { path: '^services/' },
  },
  {
    name: 'nothing-imports-soak',
    comment: 'It is run, and never part of anything.',
    severity: 'error',
    from: { pathNot: '^soak/' },
    to: { path: '^soak/' },
  },
];

export const OPTIONS: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  exclude: { path: ['^sandbox/dist/', '^examples/[^/]+/dist/'] },
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

const BFFS = fileURLToPath(new URL('../bffs/', import.meta.url));

/** Where the clients' packages are, which nothing has installed. */
export const RESOLVE = {
  alias: Object.fromEntries(
    readdirSync(BFFS).map((client) => [`@facet/${client}-client`, `${BFFS}${client}/client/screens.generated.js`]),
  ),
};
