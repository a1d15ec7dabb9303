import type { RequestContext } from '../request/context.ts';
import { createAttempt } from './attempt.ts';
import type { Answer, Call } from './call.ts';
import { shareInFlight } from './in-flight.ts';
import type { Services } from './services.ts';

/** Makes a call on behalf of a request. Rejects with a CodedError, or with CallerGoneError when the caller hung up. */
export type Fetch = (call: Call, request: RequestContext) => Promise<Answer>;

/** The one way to a service: the request's ledger first, then every layer in this order. */
export function createFetcher(services: Services): Fetch {
  const send = shareInFlight(createAttempt(services));
  return async (call, request) => {
    const { ledger } = request;
    const entry = ledger.begin(call.endpoint.service, call.endpoint.name, call.keys);
    try {
      const answer = await send(call, request, entry);
      ledger.keepAtMost(answer.freshMs);
      return answer;
    } finally {
      ledger.end(entry);
    }
  };
}
