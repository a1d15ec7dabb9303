import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TypeMeta } from '@kubernetes-models/base';
import { parseAllDocuments } from 'yaml';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** The files of an environment, by what they are of: a client, or the namespace. */
export function manifestsIn(environment: string): string[] {
  return readdirSync(FOLDER + environment).map((file) => file.replace('.generated.yaml', ''));
}

/** What a file holds, as Kubernetes would read it. */
export function documentsIn(environment: string, name: string): TypeMeta[] {
  return documentsOf(readFileSync(`${FOLDER}${environment}/${name}.generated.yaml`, 'utf8'));
}

export function documentsOf(text: string): TypeMeta[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

const SECRET = /create secret generic ([\w-]+) --from-file=(\w+)=/g;

/** Keys of the secrets that docs/how-to/deploy-to-kubernetes.md tells how to make, as NAME/KEY. */
export function documentedSecrets(): string[] {
  const text = readFileSync(`${FOLDER}../../docs/how-to/deploy-to-kubernetes.md`, 'utf8');
  return Array.from(text.matchAll(SECRET), ([, name, key]) => `${name}/${key}`);
}
