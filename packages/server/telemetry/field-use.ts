/** How often a field was asked for, in all and by whom. */
export interface FieldUse {
  /** `Type.field`. */
  readonly field: string;
  /** Requests that asked for it; 0 where nobody ever did. */
  readonly requests: number;
  readonly clients: readonly { readonly name: string; readonly version: string; readonly requests: number }[];
}
