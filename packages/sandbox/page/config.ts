import type { SandboxConfig } from '@facet/server/internal/http/sandbox/protocol.ts';

/** What the server tells the page of the client that it is for. */
export async function loadConfig(): Promise<SandboxConfig> {
  const response = await fetch('./sandbox/config.json');
  if (!response.ok) throw new Error(`The server does not tell its screens: ${response.status}.`);
  return response.json() as Promise<SandboxConfig>;
}
