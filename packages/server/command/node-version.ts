/** Lowest major version of Node that runs Facet. package.json pins it as a development dependency. */
export const NODE_MAJOR = 26;

/** The message if this version of Node is too old for a command; else undefined. */
export function nodeProblem(command: string, version: string = process.versions.node): string | undefined {
  if (Number.parseInt(version, 10) >= NODE_MAJOR) return undefined;
  return `Facet needs Node ${NODE_MAJOR} or newer, and this is Node ${version}. npm runs the project's own: ${command}`;
}
