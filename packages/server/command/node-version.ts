/** Oldest major version of Node that runs Facet: the one that package.json pins as a development dependency. */
export const NODE_MAJOR = 26;

/** What to say where this version of Node is too old for a command; undefined where it is not. */
export function nodeProblem(command: string, version: string = process.versions.node): string | undefined {
  if (Number.parseInt(version, 10) >= NODE_MAJOR) return undefined;
  return `Node ${NODE_MAJOR} or newer is needed, and this is Node ${version}. npm runs the project's own: ${command}`;
}
