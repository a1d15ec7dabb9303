/** Fails, naming each of them, when imports run uphill. The rules are in import-rules.ts. */
import { cruise } from 'dependency-cruiser';
import { FORBIDDEN, OPTIONS } from './import-rules.ts';

const FOLDERS = ['bffs', 'sandbox', 'services', 'shared', 'soak', 'testing', 'tools'];

const ruleSet = { forbidden: FORBIDDEN };
const { output, exitCode } = await cruise(FOLDERS, { ...OPTIONS, ruleSet, validate: true, outputType: 'err' });
if (exitCode !== 0) process.stderr.write(String(output));
process.exitCode = exitCode;
