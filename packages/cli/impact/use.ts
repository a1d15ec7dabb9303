import type { PlannedCall } from '@facet/server/internal/graphql/plan.ts';
import type { SentParameters } from './sent.ts';

interface Used {
  /** Type.field */
  readonly field: string;
  readonly endpoint: PlannedCall['endpoint'];
}

/** A field that calls an endpoint. */
export interface Call extends Used {
  readonly kind: 'call';
  readonly parameters: SentParameters;
  /** Keys that an operation asks for at most. */
  readonly mostKeys: number;
  /** Whether it looks at whether there are more pages. */
  readonly isPaged: boolean;
}

/** A field that reads a value of an endpoint's rows. */
export interface Read extends Used {
  readonly kind: 'read';
  /** The value's place in a row. */
  readonly place: string;
  /** Whether it may look at all that is in the value, and not only pass it on to the fields below. */
  readonly isWhole: boolean;
  /** Whether a value that is not there is just null. */
  readonly toleratesNone: boolean;
  /** What its enum knows, where the value goes on as one. */
  readonly values: readonly string[] | undefined;
  /** Whether the value goes on as a moment in time. */
  readonly isDateTime: boolean;
  /** Whether the value goes on as a whole number of 32 bits. */
  readonly isInt: boolean;
}

/** A field written by hand, which gets whole rows or does not say what it reads. */
export interface ByHand extends Used {
  readonly kind: 'by hand';
}

export type Use = Call | Read | ByHand;
