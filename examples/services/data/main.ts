/** npm run data: generates the data file if it is missing. Services do so at start too. */
import { runCommand } from '@facet/server/internal/command/command.ts';
import { dataFile, ensureData } from './database.ts';

const command = {
  name: 'npm run data',
  purpose: 'Generates the data of the reference services if it is missing or outdated. DATA_FILE sets another file.',
  examples: [['', 'creates .data/facet.sqlite']],
} as const;

await runCommand(command, () => ensureData(dataFile()));
