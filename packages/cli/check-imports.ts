/** npm run check:imports: fails where imports run uphill. The rules are in import-rules.ts. */

import { runCommand } from '@facet/server/internal/command/command.ts';
import { cruise } from 'dependency-cruiser';
import { FORBIDDEN, OPTIONS, RESOLVE } from './import-rules.ts';

const FOLDERS = ['bench/soak', 'bffs', 'deploy', 'examples', 'packages', 'shared', 'tests'];

const COMMAND = {
  name: 'npm run check:imports',
  purpose:
    'Names every import that runs uphill, against packages/cli/import-rules.ts. Exit code 1 and above: there are such imports.',
  examples: [['', 'looks at all folders']],
} as const;

await runCommand(COMMAND, async () => {
  const ruleSet = { forbidden: FORBIDDEN };
  const options = { ...OPTIONS, ruleSet, validate: true, outputType: 'err' } as const;
  const { output, exitCode } = await cruise(FOLDERS, options, RESOLVE);
  if (exitCode !== 0) process.stderr.write(String(output));
  process.exitCode = exitCode;
});
