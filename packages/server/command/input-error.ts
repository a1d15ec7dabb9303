/**
 * Something that a person wrote is wrong: a schema, a screen, a setting, an option. The message says what and where, one line per
 * problem; commands print it without a stack and end with exit code 1.
 */
export class InputError extends Error {}
