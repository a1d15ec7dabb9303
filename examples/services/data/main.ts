/** Generates the data file where there is none yet, with a progress bar; each service does so at its start too. */
import { runCommand } from '@facet/server/internal/command/command.ts';
import { dataFile, ensureData } from './database.ts';

const command = {
  name: 'npm run data',
  purpose:
    'Generates the data of the reference services where there is none yet, or an outdated one. DATA_FILE names another file.',
  examples: [['', 'makes .data/facet.sqlite']],
} as const;

await runCommand(command, () => ensureData(dataFile()));
