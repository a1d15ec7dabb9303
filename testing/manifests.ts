import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TypeMeta } from '@kubernetes-models/base';
import { parseAllDocuments } from 'yaml';

const FOLDER = fileURLToPath(new URL('../deploy/kubernetes/', import.meta.url));

/** The files of an environment, by what they are of: a client, or the namespace. */
export function manifestsIn(environment: string): string[] {
  return readdirSync(FOLDER + environment).map((file) => file.replace('.generated.yaml', ''));
}

/** What a file holds, as Kubernetes would read it. */
export function documentsIn(environment: string, name: string): TypeMeta[] {
  const text = readFileSync(`${FOLDER}${environment}/${name}.generated.yaml`, 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}
