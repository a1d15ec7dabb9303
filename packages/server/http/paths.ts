import { InputError } from '../command/input-error.ts';

/** Paths of a server's routes, below the path where it is mounted. */
export interface Paths {
  /** GraphQL over HTTP; `/graphql` by default. */
  readonly graphql: string;
  /** Registered screens, each at `PATH/NAME`; `/screens` by default. */
  readonly screens: string;
  /** Liveness; `/healthz` by default. */
  readonly health: string;
  /** Readiness; `/readyz` by default. */
  readonly ready: string;
  /** Metrics in Prometheus' text format; `/metrics` by default. */
  readonly metrics: string;
}

const DEFAULTS: Paths = {
  graphql: '/graphql',
  screens: '/screens',
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
};

/** Segments of unreserved characters (RFC 3986, section 2.3): no parameters, wildcards or trailing slashes of Express. */
const PATH = /^(?:\/[\w.~-]+)+$/;

/** The paths of a server. Throws an InputError for a path that is not one, and for two routes with one path. */
export function pathsOf(client: string, given: Partial<Paths> = {}): Paths {
  const paths = { ...DEFAULTS, ...given };
  const problems = Object.entries(paths).flatMap(([route, path]) =>
    PATH.test(path) ? [] : [`${client}: paths.${route} is ${JSON.stringify(path)}; it must look like "/graphql".`],
  );
  const groups = Map.groupBy(Object.entries(paths), ([, path]) => path.toLowerCase());
  for (const [path, routes] of groups) {
    const names = routes.map(([route]) => route).join(' and ');
    if (routes.length > 1) problems.push(`${client}: paths.${names} are both "${path}".`);
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  return paths;
}

/** The route that a path belongs to, as it is configured; `other` for all but the GraphQL routes. Express ignores the case, too. */
export function routeOf({ graphql, screens }: Pick<Paths, 'graphql' | 'screens'>, url: string): string {
  return [graphql, screens].find((path) => isAt(path, url)) ?? 'other';
}

function isAt(path: string, url: string): boolean {
  const next = url[path.length];
  return (
    (next === undefined || next === '/' || next === '?') &&
    url.slice(0, path.length).toLowerCase() === path.toLowerCase()
  );
}
