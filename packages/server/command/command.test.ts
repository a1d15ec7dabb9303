import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Command, helpOf, parseCommand, UsageError } from './command.ts';
import { NODE_MAJOR, nodeProblem } from './node-version.ts';

const OPTIONS = {
  quick: { description: 'Takes a minute.' },
  port: { value: 'PORT', description: 'Where it listens.', default: '4000' },
  against: { value: 'REF', description: 'A commit.' },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run thing',
  purpose: 'Does a thing.',
  options: OPTIONS,
  words: ['CLIENT', '[MORE]'],
  settings: () => 'Settings:\n  THING  What it is.\n',
  examples: [['web --quick', 'within a minute']],
};

const parse = (...args: string[]) => parseCommand(COMMAND, args);

test('reads options, their defaults, and words', () => {
  expect(parse('web')).toEqual({ values: { quick: false, port: '4000' }, words: ['web'] });
  expect(parse('--port', '1', 'web', '--quick', 'b', '--against=main')).toEqual({
    values: { quick: true, port: '1', against: 'main' },
    words: ['web', 'b'],
  });
  expect(parse('web', '--port', '-1').values.port).toBe('-1');
});

test.each([
  [['web', '--qick'], 'There is no option --qick. Did you mean --quick?'],
  [['web', '--xyz'], 'There is no option --xyz. --help lists all options.'],
  [['web', '-q'], 'There is no option -q. --help lists all options.'],
  [['web', '--__proto__'], 'There is no option --__proto__. --help lists all options.'],
  [['web', '--port'], '--port needs a value: --port PORT'],
  [['web', '--port='], '--port needs a value: --port PORT'],
  [['web', '--port', '--quick'], '--port needs a value: --port PORT'],
  [['web', '--quick=yes'], '--quick takes no value, but has "yes".'],
  [['web', '--port', '1', '--port', '2'], '--port is given twice.'],
  [['web', '--quick', '--quick'], '--quick is given twice.'],
  [[], 'CLIENT is missing: npm run thing -- CLIENT [MORE] [options]'],
  [['web', 'b', 'quick'], 'Unexpected argument "quick": npm run thing takes CLIENT [MORE]. Did you mean --quick?'],
])('refuses %j', (args, problem) => {
  expect(() => parse(...args)).toThrow(problem);
});

test('names all problems together', () => {
  expect(() => parse('--qick', '--port')).toThrow(
    new UsageError([
      'There is no option --qick. Did you mean --quick?',
      '--port needs a value: --port PORT',
      'CLIENT is missing: npm run thing -- CLIENT [MORE] [options]',
    ]),
  );
});

test('notices an option that npm has taken because it was not behind --', () => {
  expect(() => parseCommand(COMMAND, ['web'], { npm_config_quick: 'true' })).toThrow(
    'npm consumed --quick. Put -- before it: npm run thing -- --quick',
  );
});

test('the help has purpose, usage, options with defaults, settings and examples', () => {
  expect(helpOf(COMMAND)).toBe(`Does a thing.

Usage: npm run thing -- CLIENT [MORE] [options]

Options:
  --quick        Takes a minute.
  --port PORT    Where it listens. (4000)
  --against REF  A commit.
  --help         Prints this help.

Settings:
  THING  What it is.

Examples:
  npm run thing -- web --quick  within a minute
`);
});

test('a Node that is too old is named, with what runs instead', () => {
  expect(nodeProblem('npm run thing', '20.20.2')).toBe(
    `Facet needs Node ${NODE_MAJOR} or newer, and this is Node 20.20.2. npm runs the project's own: npm run thing`,
  );
  expect(nodeProblem('npm run thing', `${NODE_MAJOR}.0.0`)).toBeUndefined();
});

test('the Node that is needed is the one that the project installs', () => {
  const { engines, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect({ engines: engines.node, installed: Number.parseInt(devDependencies.node, 10) }).toEqual({
    engines: `>=${NODE_MAJOR}`,
    installed: NODE_MAJOR,
  });
});
