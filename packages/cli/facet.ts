#!/usr/bin/env node
/** The `facet` command. It runs one of the commands below; `facet COMMAND --help` describes each. */
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
  const lines = Object.entries(COMMANDS).map(([each, [, summary]]) => `  ${each.padEnd(10)}${summary}`);
  process.stdout.write(
    `Usage: facet COMMAND [options]\n\nCommands:\n${lines.join('\n')}\n\nfacet COMMAND --help describes one command.\n`,
  );
} else {
  process.stderr.write(
    `Unknown command "${name}".${didYouMean(name, Object.keys(COMMANDS)) || ' facet --help lists all commands.'}\n`,
  );
  process.exitCode = 2;
}
