#!/usr/bin/env node
/** The `facet` command: runs one of the commands below, each of which explains itself with --help. */
import { didYouMean } from '@facet/server/internal/command/nearest.ts';
import { commands } from './commands.ts';

const COMMANDS = commands(() => import('./generate.ts'));

const [name = '--help', ...others] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  const [load] = command;
  // Each module reads its own options.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...(name === 'dev' ? ['--watch'] : []), ...others);
  await load();
} else if (name === '--help' || name === '-h') {
  const lines = Object.entries(COMMANDS).map(([each, [, does]]) => `  ${each.padEnd(10)}${does}`);
  process.stdout.write(
    `Usage: facet COMMAND [options]\n\nCommands:\n${lines.join('\n')}\n\nfacet COMMAND --help explains one.\n`,
  );
} else {
  process.stderr.write(
    `There is no command "${name}".${didYouMean(name, Object.keys(COMMANDS)) || ' facet --help lists them.'}\n`,
  );
  process.exitCode = 2;
}
