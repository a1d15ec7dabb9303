import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Size and SHA-256 of a directory: of the names and contents of all its files, in the order of the names. */
export function digestOf(folder: string): { readonly bytes: number; readonly digest: string } {
  const hash = createHash('sha256');
  let bytes = 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(folder.length + 1))
    .sort();
  for (const file of files) {
    const content = readFileSync(`${folder}/${file}`);
    bytes += content.length;
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return { bytes, digest: hash.digest('hex') };
}
