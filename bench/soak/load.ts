/**
 * Load in a process of its own: requests at a fixed rate, whatever comes back. URL is the server's. SAMPLE is a complete response to
 * SAMPLE_USER, and DEADLINE_MS is when a response is late. Orders arrive as messages; the process sends slices as messages.
 */
import { ask } from '../harness/ask.ts';
import { nextUser } from '../harness/users.ts';
import { createJudge, QUESTION, type Verdict } from './answer.ts';
import { Connections } from './connections.ts';
import { type Order, SLICE_MS, type Slice } from './slice.ts';

const TICK_MS = 1;

const judge = createJudge(process.env['SAMPLE'] ?? '', process.env['SAMPLE_USER'] ?? '');
const deadlineMs = Number(process.env['DEADLINE_MS']);
const connections = new Connections(process.env['URL'] ?? '', 2 * deadlineMs);

let { order, perSecond }: Order = { order: 0, perSecond: 0 };
let nextAt = 0;
let underWay = 0;
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

/** Sends a request that is due since `dueAt`: its time is counted from then, not from when this process got to it. */
async function send(dueAt: number): Promise<void> {
  const connection = connections.take();
  if (!connection) {
    counts.wrong += 1;
    return;
  }
  underWay += 1;
  const user = nextUser();
  const verdict = await ask(connection, QUESTION, user).then(
    (reply) => judge(reply, user),
    () => 'wrong' as const,
  );
  underWay -= 1;
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
  if (order > 0) process.send?.({ order, tookMs: now - sliceFrom, underWay, ...counts } satisfies Slice);
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
