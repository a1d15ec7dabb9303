import { Client } from 'undici';
import { ask, nextUser } from '../harness/ask.ts';
import { createJudge, QUESTION, type Verdict } from './answer.ts';
import { type Order, SLICE_MS, type Slice } from './figures.ts';

/**
 * The load generator, a separate process. It sends requests at a fixed rate, independent of the responses (open loop). Settings: URL of
 * the server; SAMPLE, a complete response to SAMPLE_USER; DEADLINE_MS, after which a response is late. It receives orders and sends
 * slices as messages.
 */

/** Maximum number of connections. A server that responds at all needs fewer. */
const MAX_CONNECTIONS = 10_000;

/** A pool of keep-alive connections with one request each. It reuses the most recently used connection first, like a gateway. */
export class Connections {
  readonly #url: string;
  readonly #giveUpMs: number;
  readonly #free: Client[] = [];
  #made = 0;

  constructor(url: string, giveUpMs: number) {
    this.#url = url;
    this.#giveUpMs = giveUpMs;
  }

  /** A free or new connection; undefined if the maximum is reached. */
  take(): Client | undefined {
    const free = this.#free.pop();
    if (free || this.#made >= MAX_CONNECTIONS) return free;
    this.#made += 1;
    const timeout = this.#giveUpMs;
    return new Client(this.#url, {
      pipelining: 1,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout },
    });
  }

  give(connection: Client): void {
    this.#free.push(connection);
  }
}

const TICK_MS = 1;

const judge = createJudge(process.env['SAMPLE'] ?? '', process.env['SAMPLE_USER'] ?? '');
const deadlineMs = Number(process.env['DEADLINE_MS']);
const connections = new Connections(process.env['URL'] ?? '', 2 * deadlineMs);

let { order, perSecond }: Order = { order: 0, perSecond: 0 };
let nextAt = 0;
let inFlight = 0;
let counts = none();
let sliceFrom = performance.now();

process.on('message', (message) => {
  endSlice();
  ({ order, perSecond } = message as Order);
  nextAt = performance.now();
});
setInterval(endSlice, SLICE_MS);
setInterval(sendDue, TICK_MS);

function sendDue(): void {
  const now = performance.now();
  if (perSecond === 0) return;
  for (; nextAt <= now; nextAt += 1_000 / perSecond) {
    counts.offered += 1;
    counts.sentLateMs = now - nextAt;
    void send(nextAt);
  }
}

/** Sends a request. Its latency is measured from `dueAt`, when it was due, to avoid coordinated omission. */
async function send(dueAt: number): Promise<void> {
  const connection = connections.take();
  if (!connection) {
    counts.wrong += 1;
    return;
  }
  inFlight += 1;
  const user = nextUser();
  const verdict = await ask(connection, QUESTION, user).then(
    (reply) => judge(reply, user),
    () => 'wrong' as const,
  );
  inFlight -= 1;
  connections.give(connection);
  note(verdict, performance.now() - dueAt);
}

function note(verdict: Verdict, tookMs: number): void {
  const isLate = tookMs > deadlineMs && (verdict === 'whole' || verdict === 'partial');
  counts[isLate ? 'late' : verdict] += 1;
  const times = verdict === 'refused' ? counts.refusedMs : counts.admittedMs;
  times.push(Math.round(tookMs * 10) / 10);
}

function endSlice(): void {
  const now = performance.now();
  if (order > 0) process.send?.({ order, tookMs: now - sliceFrom, inFlight, ...counts } satisfies Slice);
  counts = none();
  sliceFrom = now;
}

function none() {
  return {
    offered: 0,
    whole: 0,
    partial: 0,
    late: 0,
    refused: 0,
    wrong: 0,
    admittedMs: [] as number[],
    refusedMs: [] as number[],
    sentLateMs: 0,
  };
}
