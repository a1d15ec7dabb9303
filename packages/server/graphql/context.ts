import type { Loading } from '../downstream/loaders.ts';
import type { RequestContext } from '../request/context.ts';

/** What every resolver gets as its third argument. */
export interface Context {
  readonly request: RequestContext;
  readonly loaders: Loading;
  /** Gets what a resolver rejects with after its field was reported as late. */
  readonly onLateRejection?: (error: Error) => void;
}
