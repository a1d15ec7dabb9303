import { existsSync, readFileSync } from 'node:fs';
import type { Description } from '@facet/server/internal/downstream/endpoint.ts';
import { isObject } from '@facet/server/internal/request/guards.ts';
import { readDocument } from '../impact/document.ts';
import type { ServiceInput } from './derive.ts';
import type { NamedEndpoint } from './model.ts';

/** Reads what the starter needs to know about services: their endpoints, their documents and the types of their rows. */
export function readStarterServices(root: string, services: readonly string[]): Promise<ServiceInput[]> {
  return Promise.all(
    services.map(async (service) => {
      const folder = `${root}shared/${service}`;
      const document = `${folder}/openapi.yaml`;
      return {
        service,
        document: existsSync(document) ? await readDocument(document) : undefined,
        exports: exportsIn(`${folder}/rest.generated.ts`),
        endpoints: await endpointsIn(`${folder}/endpoints.ts`, service),
      };
    }),
  );
}

async function endpointsIn(path: string, service: string): Promise<NamedEndpoint[]> {
  if (!existsSync(path)) return [];
  const module: Readonly<Record<string, unknown>> = await import(path);
  return Object.entries(module).flatMap(([name, endpoint]) =>
    isEndpoint(endpoint) && endpoint.service === service ? [{ service, name, endpoint }] : [],
  );
}

/** Whether an export is an endpoint, and not a function or constant beside them. */
function isEndpoint(value: unknown): value is Description {
  return isObject(value) && (value['kind'] === 'batch' || value['kind'] === 'list') && isObject(value['rows']);
}

function exportsIn(path: string): Set<string> {
  if (!existsSync(path)) return new Set();
  const found = readFileSync(path, 'utf8').matchAll(/^export (?:type|interface) (\w+)/gm);
  return new Set(Array.from(found, ([, name = '']) => name));
}
