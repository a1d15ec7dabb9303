/** A process that `facet start` runs beside the BFFs, and that `facet build` bundles. */
export interface ServiceProcess {
  /** Its name in shared/services.ts: `facet start` tells the BFFs where it is. */
  readonly name: string;
  /** Its entry point, from the project's root. It listens on the setting PORT and answers GET /readyz with 200 when it is ready. */
  readonly script: string;
  readonly port: number;
  /** Directory whose changes restart it under `facet dev`, from the project's root. */
  readonly sources: string;
}

/** A page that `facet start` serves with Vite, in front of a client's BFF. */
export interface Frontend {
  readonly name: string;
  /** The client whose BFF it calls. */
  readonly client: string;
  readonly port: number;
  /** What the page is, in a few words. */
  readonly shows: string;
  /** Its directory with vite.config.ts, from the project's root. `vite build` writes dist/ there. */
  readonly directory: string;
}

/** What facet.config.ts exports by default. All parts may be left out. */
export interface ProjectConfig {
  /** Script that `facet start` runs first, from the project's root, such as one that generates data. */
  readonly prepare?: string;
  readonly services?: readonly ServiceProcess[];
  readonly frontends?: readonly Frontend[];
  /** An operation of each client that `facet start` prints; the first screen by default. */
  readonly examples?: Readonly<Record<string, string>>;
  /**
   * Module whose export `startServices()` starts the services for `facet check --measured`, from the project's root. It resolves to an
   * AsyncDisposable with their addresses by name: `{ urls }`.
   */
  readonly testServices?: string;
  /** Module whose export `manifests(bffs)` makes files for `facet generate`, from the project's root. */
  readonly manifests?: string;
  /** Directory in which `facet generate` writes the reference pages: settings, commands, fields, metrics, headers, error codes. */
  readonly reference?: string;
}

/** Types the configuration of a project. */
export function defineProject(config: ProjectConfig): ProjectConfig {
  return config;
}
