import type { Query } from './edit.ts';
import type { Path } from './place.ts';

/** Where a part of the explorer stands in the query, and how it changes that. */
export interface Within {
  readonly path: Path;
  readonly query: Query;
  readonly onEdit: (text: string) => void;
}
