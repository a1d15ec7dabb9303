/** `facet mock CLIENT`: serves a client's schema with realistic generated data, without any service. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { didYouMean } from '@facet/server/internal/command/nearest.ts';
import { readTypes } from '@facet/server/internal/graphql/schema.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { serve } from '@facet/server/internal/http/serve.ts';
import { describeSettings } from '@facet/server/internal/http/settings/settings.ts';
import { mockResolvers } from './mock/resolvers.ts';
import { ROOT } from './project.ts';

const OPTIONS = { watch: { description: "Restarts when the client's schema or a screen changes." } } as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run mock:web',
  usage: 'npm run mock:CLIENT -- [options]',
  purpose: "Serves a client's schema with realistic generated data. It needs no services and no resolvers.",
  options: OPTIONS,
  words: ['CLIENT'],
  settings: () => describeSettings(process.env, { port: 4_002, services: {} }),
  examples: [
    ['', 'serves the schema of the client web'],
    ['--watch', 'restarts when the schema or a screen changes'],
  ],
};

await runCommand(COMMAND, async ({ values, words: [client = ''] }) => {
  if (!existsSync(`${ROOT}bffs/${client}/bff.ts`)) {
    const nearest = didYouMean(client, readdirSync(`${ROOT}bffs`));
    throw new InputError(`Unknown client "${client}".${nearest || ' Create one with npm run new:bff -- tv'}`);
  }
  if (values.watch) {
    const watched = [`schemas/${client}.graphql`, `bffs/${client}/screens`];
    const flags = watched.map((path) => `--watch-path=${ROOT}${path}`);
    spawn(process.execPath, [...flags, fileURLToPath(import.meta.url), client], { stdio: 'inherit' });
    return;
  }
  const { bff }: { bff: Bff } = await import(`${ROOT}bffs/${client}/bff.ts`);
  const resolvers = mockResolvers(readTypes(`${ROOT}schemas/${client}.graphql`));
  // Mock resolvers call no service, so the cost limit does not apply.
  await serve({ ...bff, resolvers, maxAdHocCalls: Number.POSITIVE_INFINITY });
});
