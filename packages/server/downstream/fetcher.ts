import { monotonicMs } from '../request/clock.ts';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { faultAt } from '../request/injected-fault.ts';
import { createAttempt } from './attempt.ts';
import type { Answer, Call, Send } from './call.ts';
import { coalesce } from './coalesce.ts';
import { type Cut, cutArrays } from './cut-arrays.ts';
import { faultPipeline } from './fault-injection.ts';
import { breakCircuit } from './policies/circuit.ts';
import { repeatUnconfirmed } from './policies/confirm.ts';
import { hedge } from './policies/hedge.ts';
import { limitConcurrency } from './policies/limit.ts';
import { retry } from './policies/retry.ts';
import type { Service, Services } from './services.ts';

/** Makes a call on behalf of a request. Rejects with a CodedError, or with CallerGoneError when the caller hung up. */
export type Fetch = (call: Call, request: RequestContext) => Promise<Answer>;

/** The one way to a service, with every call in its request's ledger. `onCut` is told of arrays that were truncated. */
export function createFetcher(services: Services, onCut: (cut: Cut) => void = () => {}): Fetch {
  const ways = new Map(
    Object.entries(services).map(([name, service]) => [name, { send: wayTo(name, service, onCut), service }]),
  );
  return async (call, request) => {
    const { service, name } = call.endpoint;
    const way = ways.get(service);
    if (!way) throw new Error(`There is no service ${service}.`);
    const drill = faultAt(service, request);
    const send = drill ? faultPipeline(way.service, drill) : way.send;
    const { ledger } = request;
    let failure: unknown;
    const entry = ledger.begin(service, name, call.keys, call);
    try {
      const answer = await send(call, request, entry);
      entry.json = answer.json;
      // How long a confirmed row stays fresh is decided by its stored headers too, where it is kept.
      if (answer.status !== 304) ledger.keepAtMost(answer.grant ? answer.grant.freshUntil - monotonicMs() : 0);
      const cookies = answer.headers['set-cookie'];
      if (cookies) ledger.cookies.push(...cookies);
      return answer;
    } catch (error) {
      // Whatever becomes of it, an error or a null: an answer with a part that failed is for nobody else.
      ledger.keepAtMost(0);
      failure = error;
      if (error instanceof CodedError) entry.failure = error.code;
      if (entry.trail && error instanceof CallerGoneError) entry.trail.isCancelled = true;
      throw error;
    } finally {
      ledger.end(entry);
      // A drill says nothing of the service.
      if (!drill) way.service.calls.note(entry, failure);
    }
  };
}

/** What a call goes through, innermost first; what ails one service is no matter to the others. */
function wayTo(name: string, service: Service, onCut: (cut: Cut) => void): Send {
  const { limit, queue, timeoutMs, load, calls } = service;
  // One exchange, within the service's timeout and the deadline.
  let send = createAttempt(service);
  // No array in a row is longer than the bound of calls takes it to be.
  send = cutArrays(send, (cut) => {
    calls.noteCut(cut.endpoint);
    onCut(cut);
  });
  // A bounded number at once, a bounded number in the queue.
  send = limitConcurrency(send, { service: name, limit, queue, timeoutMs, load });
  // None to a service that is ill. It counts every attempt, and sees no call that was not made.
  if (service.circuitBreaker) send = breakCircuit(send, name, load);
  // A second one beside the first that takes long, for endpoints that ask for it.
  send = hedge(send, limit, load);
  // Once more where that may help, and the budget lets it.
  send = retry(send);
  // Once more without validators when a 304 is about another version.
  send = repeatUnconfirmed(send);
  // One for all requests that make the same public call at once.
  return coalesce(send, timeoutMs);
}
