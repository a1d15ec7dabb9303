import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rowsOf } from '@facet/server/internal/downstream/batching/row-source.ts';
import { createFetcher } from '@facet/server/internal/downstream/fetcher.ts';
import type { Service } from '@facet/server/internal/downstream/services.ts';
import { createEngine } from '@facet/server/internal/graphql/execute.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { readScreens } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { createRequestContext, createRequestState } from '@facet/server/internal/http/request-state.ts';
import { Reserve } from '@facet/server/internal/request/deadline.ts';
import { CallMetrics } from '@facet/server/internal/telemetry/call-metrics.ts';
import type { Logger } from '@facet/server/internal/telemetry/log.ts';
import type { Tracing } from '@facet/server/internal/telemetry/tracing.ts';
import { createAnswers } from '../upstream/answers.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Runs a client's screen like its server, but without sockets on either side. */
export function screenWithoutSockets(
  bff: Bff,
  screen: string,
  tracing: Tracing | undefined,
  log: Logger,
): () => Promise<void> {
  const schema = buildSchema(readFileSync(`${ROOT}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  const found = readScreens(`${ROOT}bffs/${bff.client}/screens`, schema).find(({ name }) => name === screen);
  if (!found) throw new Error(`Unknown screen ${screen}.`);
  const { document, name: operationName } = found;
  const [users, orders, catalog] = [fromMemory(), fromMemory(), fromMemory()];
  const engine = createEngine(schema, rowsOf(createFetcher({ users, orders, catalog })), log);
  engine.preparation.register(document, { isCompiledNow: true });
  const options = {
    requestDeadlineMs: 3_000,
    reserve: new Reserve(),
    sandbox: undefined,
  };
  const response = { once: () => {}, destroyed: false } as unknown as ServerResponse;
  let user = 1_000_000;

  return async () => {
    user += 1;
    const headers = { [bff.identity.header.toLowerCase()]: `u_${user}` };
    const traced = tracing?.begin(headers);
    const state = createRequestState({ headers } as IncomingMessage, response);
    state.trace = traced;
    const context = createRequestContext(state, { header: bff.identity.header, id: `u_${user}` }, options);
    const { data, errors } = await engine.execute({ document, operationName, variables: {} }, context);
    if (errors?.[0]) throw errors[0];
    JSON.stringify({ data });
    if (traced?.requestTrace) tracing?.end(traced, FACTS);
  };
}

const FACTS = {
  method: 'POST',
  path: '/graphql',
  route: '/graphql',
  host: 'localhost:4002',
  httpVersion: '1.1',
  requestId: 'bench',
  status: 200,
};

const answerTo = createAnswers({ orders: 50, products: 20 });

/** A service whose connections return the responses of the benchmark's upstream. */
function fromMemory(): Service {
  const client = {
    dispatch({ path, headers }: Dispatched, handler: Handler) {
      queueMicrotask(() => {
        const answer = answerTo(path, headers['x-user-id']);
        const lowerCase = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
        handler.onResponseStart(undefined, answer.status, Object.fromEntries(lowerCase));
        handler.onResponseData(undefined, Buffer.from(answer.body));
        handler.onResponseEnd();
      });
    },
  };
  const interim = { awaitResponse: () => {}, haveArrived: false };
  const connections = {
    take: () => ({ client, madeAt: 0, lastResponse: 0, interim }),
    giveBack: () => {},
    drop: () => {},
  };
  return {
    connections: connections as unknown as Service['connections'],
    basePath: '',
    timeoutMs: 2_000,
    limit: 64,
    queue: 1_024,
    circuitBreaker: true,
    load: { underWay: 0, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 },
    calls: new CallMetrics(),
  };
}

interface Dispatched {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Handler {
  onResponseStart(controller: undefined, status: number, headers: object): void;
  onResponseData(controller: undefined, chunk: Buffer): void;
  onResponseEnd(): void;
}
