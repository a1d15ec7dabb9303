import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIXTURE } from './fixture/root.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A frontend's folder outside the project: in it a client's package, as npm packs it, and these of the packages that
 * the project has.
 */
export function frontendOf(client: string, packages: readonly string[], project: string = FIXTURE): string {
  const folder = realpathSync(mkdtempSync(`${tmpdir()}/facet-frontend-`));
  const installed = `${folder}/node_modules/@facet/${client}-client`;
  mkdirSync(installed, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: `${project}bffs/${client}/client`,
    encoding: 'utf8',
  });
  execFileSync('tar', ['-xzf', `${folder}/${packed.trim()}`, '--strip-components=1', '-C', installed]);
  for (const name of packages) {
    mkdirSync(dirname(`${folder}/node_modules/${name}`), { recursive: true });
    symlinkSync(`${ROOT}node_modules/${name}`, `${folder}/node_modules/${name}`);
  }
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }\n');
  return folder;
}
