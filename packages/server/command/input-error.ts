/**
 * A mistake in something that a person wrote: a schema, a screen, a setting, an option. The message names the problem and its place, one
 * line per problem. Commands print it without a stack, and end with exit code 1.
 */
export class InputError extends Error {}
