/** Fails, naming each of them, when imports run uphill. The rules are in import-rules.ts. */
import { cruise } from 'dependency-cruiser';
import { FORBIDDEN, OPTIONS, RESOLVE } from './import-rules.ts';

const FOLDERS = ['bffs', 'deploy', 'examples', 'sandbox', 'services', 'shared', 'soak', 'testing', 'tools'];

const ruleSet = { forbidden: FORBIDDEN };
const options = { ...OPTIONS, ruleSet, validate: true, outputType: 'err' } as const;
const { output, exitCode } = await cruise(FOLDERS, options, RESOLVE);
if (exitCode !== 0) process.stderr.write(String(output));
process.exitCode = exitCode;
