/** The package of a client's screens, as Node loads it in a frontend outside the project. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { frontendOf } from '@facet/testing/internal/frontend.ts';
import { expect, test } from '@jest/globals';

function node(folder: string, ...args: string[]): Promise<{ readonly stdout: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return promisify(execFile)(process.execPath, args, { cwd: folder, env });
}

test.each(CLIENTS)(
  'Node imports the package of $client, with graphql beside it and nothing else',
  async ({ client }) => {
    const folder = frontendOf(client, ['graphql']);
    const names = readdirSync(`${FIXTURE}bffs/${client}/screens`)
      .map((file) => file.replace('.graphql', ''))
      .sort();
    const { stdout } = await node(
      folder,
      '--input-type=module',
      '--eval',
      `import * as client from '@facet/${client}-client';
    import manifest from '@facet/${client}-client/manifest.json' with { type: 'json' };
    import { print } from 'graphql';
    const { idOf, isScreen, ...documents } = client;
    const bodyOf = (id) => manifest.operations.find((operation) => operation.id === id)?.body;
    const described = Object.entries(documents).map(([name, document]) => [
      name, document.kind, isScreen(document), print(document) === bodyOf(idOf(document)),
    ]);
    const other = { kind: 'Document', definitions: [{ kind: 'OperationDefinition', name: { value: 'Mine' } }] };
    let refusal;
    try { idOf(other); } catch ({ message }) { refusal = message; }
    console.log(JSON.stringify({ described, other: [isScreen(other), refusal] }));`,
    );
    expect(JSON.parse(stdout)).toEqual({
      described: names.map((name) => [`${name}Document`, 'Document', true, true]),
      other: [false, 'Mine is not a registered screen, so it has no id.'],
    });
  },
);
