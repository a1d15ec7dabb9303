import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { ProjectConfig } from '../config.ts';
import type { Deployable } from './deployables.ts';

/** The text that `facet start` prints when all processes are ready: their addresses, and an example request to each client. */
export function overview(
  system: readonly Deployable[],
  bffs: readonly ExampleOf[],
  operations: ProjectConfig['examples'] = {},
): string {
  const width = Math.max(...system.map(({ name }) => name.length)) + 1;
  const rows = system.map(
    ({ name, port, shows }) => `  ${name.padEnd(width)} ${`http://localhost:${port}`.padEnd(22)} ${shows}`,
  );
  const portOf = new Map(system.map(({ name, port }) => [name, port]));
  const curls = bffs.flatMap((bff) => {
    const port = portOf.get(bff.client);
    const command =
      port === undefined
        ? undefined
        : curl(bff, `localhost:${port}`, `${bff.identity.header}: ${bff.identity.exampleId}`, operations);
    return command === undefined ? [] : [`# ${bff.client}\n${command}`];
  });
  return `Facet is ready.\n\n${rows.join('\n')}\n\n${curls.join('\n\n')}\n\nCtrl-C stops all processes.\n`;
}

/** The properties of a BFF that an example request needs. */
export type ExampleOf = Pick<Bff, 'client' | 'identity' | 'examples'>;

/**
 * A curl command for a client: its query in `operations`, or its first screen. `address` is host, port and path prefix; `header` is the
 * identity header. Undefined if the client has neither a query nor an example of a screen.
 */
export function curl(
  { client, examples }: ExampleOf,
  address: string,
  header: string,
  operations: ProjectConfig['examples'] = {},
): string | undefined {
  const query = Object.hasOwn(operations, client) ? operations[client] : undefined;
  if (query !== undefined) {
    return `curl -s ${address}/graphql -H 'Content-Type: application/json' -H '${header}' -d '{"query":"${query}"}'`;
  }
  const [screen] = Object.entries(examples);
  if (screen === undefined) return undefined;
  const [name, variables] = screen;
  const parameters = new URLSearchParams(
    Object.entries(variables).map(([variable, value]) => [variable, String(value)]),
  );
  const search = parameters.size === 0 ? '' : `?${parameters}`;
  return `curl -s '${address}/screens/${name}${search}' -H '${header}'`;
}
