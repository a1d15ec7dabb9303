import type { Loading } from '../downstream/batching/loaders.ts';
import type { RequestContext } from '../request/context.ts';

/** The third argument of every resolver. */
export interface Context {
  readonly request: RequestContext;
  readonly loaders: Loading;
  /** Called when a resolver rejects after its field exceeded the deadline. */
  readonly onLateRejection?: (error: Error) => void;
}
