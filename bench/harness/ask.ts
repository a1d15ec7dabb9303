import type { Dispatcher } from 'undici';
import type { Contender } from './contenders.ts';
import type { Screen } from './screens.ts';

/** A request for a screen, without the identity header. */
export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
}

/** The request that a client of this contender sends for a screen. `orders` defaults to the screen's default. */
export function questionFor({ kind, needsVariables }: Contender, screen: Screen, orders?: number): Question {
  const { field, text } = screen;
  const first = orders ?? (needsVariables ? screen.orders : undefined);
  if (kind === 'rest') {
    return { method: 'GET', path: `/${field}${first === undefined ? '' : `?first=${first}`}`, body: null };
  }
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query: text, variables: { first } }) };
}

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends the request with this user's identity. */
export function ask(pool: Dispatcher, question: Question, user: string): Promise<Reply> {
  const headers = ['accept', 'application/json', 'content-type', 'application/json', 'x-user-id', user];
  return new Promise((resolve, reject) => {
    pool.dispatch({ ...question, headers }, new Reader(resolve, reject));
  });
}

class Reader implements Dispatcher.DispatchHandler {
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (reason: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;

  constructor(resolve: (reply: Reply) => void, reject: (reason: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const body = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

const FIRST = 1_000_000;
const LAST = 9_999_999;

let next = FIRST;

/** Returns a new user id on every call. All ids have the same length, so all responses have the same length too. */
export function nextUser(): string {
  if (next > LAST) throw new Error('All user ids are used up.');
  next += 1;
  return `u_${next - 1}`;
}
