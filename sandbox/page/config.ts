/** What the server tells the page; the server's own type is in shared/server/sandbox.ts. */
export interface SandboxConfig {
  readonly client: string;
  readonly identityHeader: string;
  readonly exampleId: string;
  readonly screens: readonly { readonly name: string; readonly text: string; readonly variables: object }[];
}

export async function loadConfig(): Promise<SandboxConfig> {
  const response = await fetch('./sandbox/config.json');
  if (!response.ok) throw new Error(`The server does not tell its screens: ${response.status}.`);
  return response.json() as Promise<SandboxConfig>;
}
