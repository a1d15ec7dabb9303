import { monotonicMs } from '../request/clock.ts';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { faultAt } from '../request/injected-fault.ts';
import type { Answer, Call, DefaultPolicies, Policies, Policy, Send } from './call.ts';
import type { Endpoint } from './endpoint.ts';
import { createAttempt } from './http/attempt.ts';
import { breakCircuit } from './policies/circuit-breaker.ts';
import { coalesce } from './policies/coalesce.ts';
import { faultPipeline } from './policies/fault-injection.ts';
import { hedge } from './policies/hedge.ts';
import { limitConcurrency } from './policies/limit.ts';
import { repeatUnconfirmed } from './policies/repeat-unconfirmed.ts';
import { retry } from './policies/retry.ts';
import { type TruncatedArray, truncateArrays } from './policies/truncate-arrays.ts';
import type { Service, Services } from './services.ts';

/** Makes a call on behalf of a request. Rejects with a CodedError, or with CallerGoneError when the caller hung up. */
export type Fetch = (call: Call, request: RequestContext) => Promise<Answer>;

type OnTruncated = (array: TruncatedArray) => void;

const defaultsOnly: Policies = (defaults) => Object.values(defaults);

/** Creates the function that makes every call to a service and records it in the request's ledger. */
export function createFetcher(
  services: Services,
  onTruncated: OnTruncated = () => {},
  policies: Policies = defaultsOnly,
): Fetch {
  const targets = new Map(
    Object.entries(services).map(([name, service]) => {
      const pipelineOf = createPipelines(name, service, onTruncated, createAttempt(service), policies);
      return [name, { service, pipelineOf }];
    }),
  );
  return async (call, request) => {
    const { service: serviceName, name } = call.endpoint;
    const target = targets.get(serviceName);
    if (!target) throw new Error(`The service "${serviceName}" is not declared.`);
    const { service, pipelineOf } = target;
    const fault = faultAt(serviceName, request);
    const send = fault ? faultPipeline(service, fault) : pipelineOf(call.endpoint);
    const { ledger } = request;
    let failure: unknown;
    const entry = ledger.begin(serviceName, name, call.keys, call);
    try {
      const answer = await send(call, request, entry);
      entry.json = answer.json;
      // The freshness after a 304 also depends on the stored headers: the cache accounts for it.
      if (answer.status !== 304) ledger.limitFreshness(answer.grant ? answer.grant.freshUntil - monotonicMs() : 0);
      const cookies = answer.headers['set-cookie'];
      if (cookies) ledger.cookies.push(...cookies);
      return answer;
    } catch (error) {
      // A response with a failed part must not be stored by clients and CDNs.
      ledger.limitFreshness(0);
      failure = error;
      if (error instanceof CodedError) entry.failure = error.code;
      if (entry.trace && error instanceof CallerGoneError) entry.trace.isCancelled = true;
      throw error;
    } finally {
      ledger.end(entry);
      // An injected fault says nothing about the service.
      if (!fault) service.calls.note(entry, failure);
    }
  };
}

/**
 * Creates the pipelines of a service's endpoints. Each endpoint's pipeline is composed once, before its first call, from the
 * policies that the endpoint uses. The state of the policies (queue, budgets, coalesced calls) is shared by the service's endpoints.
 */
export function createPipelines(
  name: string,
  service: Service,
  onTruncated: OnTruncated,
  attempt: Send = createAttempt(service),
  policies: Policies = defaultsOnly,
): (endpoint: Endpoint) => Send {
  const { limit, queue, timeoutMs, load, calls } = service;
  const shared = {
    coalesce: coalesce(timeoutMs),
    retry: retry(),
    hedge: hedge(limit, load),
    breakCircuit: breakCircuit(name, load),
    limit: limitConcurrency({ service: name, limit, queue, timeoutMs, load }),
    truncate: truncateArrays((array) => {
      calls.noteTruncated(array.endpoint);
      onTruncated(array);
    }),
  };

  /** The steps of a call, in the order in which it passes through them. */
  function defaultsOf(endpoint: Endpoint): DefaultPolicies {
    return {
      // Identical concurrent GETs of a public endpoint become one call.
      ...(endpoint.public && endpoint.method === 'GET' && { coalesce: shared.coalesce }),
      // Repeat a conditional call without validators when its 304 is about another version. Only public rows are stored.
      ...(endpoint.public && { repeatUnconfirmed }),
      // Retry failed calls while the retry budget allows it.
      retry: shared.retry,
      // Send a second call beside a slow one.
      ...(endpoint.hedge && { hedge: shared.hedge }),
      // Fail fast while most recent calls to the endpoint fail. It sees every attempt.
      ...(service.circuitBreaker && { breakCircuit: shared.breakCircuit }),
      // Bound the concurrent calls to the service, and the calls that wait.
      limit: shared.limit,
      // Truncate arrays to the maxItems that the cost limit counts with.
      ...(Object.keys(endpoint.maxItems).length > 0 && { truncate: shared.truncate }),
      // Then `attempt` sends the call over HTTP, within the service's timeout and the deadline.
    };
  }

  const pipelines = new WeakMap<Endpoint, Send>();
  return (endpoint) => {
    let pipeline = pipelines.get(endpoint);
    if (!pipeline) {
      pipeline = wrap(policies(defaultsOf(endpoint), endpoint), attempt);
      pipelines.set(endpoint, pipeline);
    }
    return pipeline;
  };
}

/** Wraps `attempt` in policies, the outermost first. */
function wrap(policies: readonly Policy[], attempt: Send): Send {
  return policies.reduceRight((next: Send, policy) => policy(next), attempt);
}
