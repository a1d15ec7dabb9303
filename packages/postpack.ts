/** npm runs this after it has packed a package of the workspace: restores what prepack.ts changed. */
import { renameSync } from 'node:fs';

renameSync('package.json.source', 'package.json');
