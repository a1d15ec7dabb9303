/** A service that `facet start` runs beside the BFFs and `facet build` bundles. */
export interface ServiceProcess {
  /** Name in shared/services.ts. `facet start` passes the service's address to the BFFs. */
  readonly name: string;
  /** Entry point, relative to the project root. It listens on PORT and answers GET /readyz with 200 when ready. */
  readonly script: string;
  readonly port: number;
  /** Directory that `facet dev` watches to restart the service, relative to the project root. */
  readonly sources: string;
}

/** A frontend that `facet start` serves with Vite. */
export interface Frontend {
  readonly name: string;
  /** The client whose BFF it calls. */
  readonly client: string;
  readonly port: number;
  /** Short description, printed by `facet start`. */
  readonly shows: string;
  /** Directory with vite.config.ts, relative to the project root. `vite build` writes dist/ there. */
  readonly directory: string;
}

/** The default export of facet.config.ts. Every property is optional. */
export interface ProjectConfig {
  /** Script that `facet start` runs first, for example to generate data. Relative to the project root. */
  readonly prepare?: string;
  readonly services?: readonly ServiceProcess[];
  readonly frontends?: readonly Frontend[];
  /** Example query per client, printed by `facet start` as a curl command. Default: the client's first screen. */
  readonly examples?: Readonly<Record<string, string>>;
  /**
   * Module whose export `startServices()` starts the services for `facet check --measured`. Relative to the project root. It resolves to
   * an AsyncDisposable with their URLs by name: `{ urls }`.
   */
  readonly testServices?: string;
  /** Module whose export `manifests(bffs)` returns additional files for `facet generate`. Relative to the project root. */
  readonly manifests?: string;
  /** Directory in which `facet generate` writes the reference pages: settings, commands, fields, metrics, headers, error codes. */
  readonly reference?: string;
}

/** Type-checks the configuration of a project and returns it unchanged. */
export function defineProject(config: ProjectConfig): ProjectConfig {
  return config;
}
