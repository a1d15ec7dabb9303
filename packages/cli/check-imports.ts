/** npm run check:imports: fails if an import violates the layering rules in import-rules.ts. */

import { runCommand } from '@facet/server/internal/command/command.ts';
import { cruise } from 'dependency-cruiser';
import { FORBIDDEN, OPTIONS, RESOLVE } from './import-rules.ts';

const DIRECTORIES = ['bench/soak', 'bffs', 'deploy', 'examples', 'packages', 'shared', 'tests'];

const COMMAND = {
  name: 'npm run check:imports',
  purpose:
    'Lists every import that violates the layering rules in packages/cli/import-rules.ts. Exit code above 0: there are violations.',
  examples: [['', 'checks all directories']],
} as const;

await runCommand(COMMAND, async () => {
  const ruleSet = { forbidden: FORBIDDEN };
  const options = { ...OPTIONS, ruleSet, validate: true, outputType: 'err' } as const;
  const { output, exitCode } = await cruise(DIRECTORIES, options, RESOLVE);
  if (exitCode !== 0) process.stderr.write(String(output));
  process.exitCode = exitCode;
});
