import type { Node } from './document.ts';

/** An operation of a document. */
export interface Operation {
  readonly document: Node;
  readonly path: string;
  readonly method: string;
}

/** Where two documents differ. */
export interface Difference {
  readonly path: readonly (string | number)[];
  readonly isRemoval: boolean;
  /** What the differ makes of it. */
  readonly isBreaking: boolean;
  readonly text: string;
}
