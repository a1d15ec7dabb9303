import type { Node } from './document.ts';

/** An operation of a document. */
export interface Operation {
  readonly document: Node;
  readonly path: string;
  readonly method: string;
}

/**
 * What a change means to those who use what changes. `unclear`: the documents do not say. `notice`: the calls and the answers
 * stay as they are, or their meaning changes and not their shape.
 */
export type Level = 'breaking' | 'unclear' | 'notice';
