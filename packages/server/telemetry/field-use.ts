// Apart from field-usage.ts, because the sandbox page compiles this type without the types of Node.js.

/** The use of a field, in total and by client version. */
export interface FieldUse {
  /** `Type.field`. */
  readonly field: string;
  /** Number of requests that selected it. */
  readonly requests: number;
  readonly clients: readonly { readonly name: string; readonly version: string; readonly requests: number }[];
}
