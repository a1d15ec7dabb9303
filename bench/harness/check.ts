import { Pool } from 'undici';
import { ask, nextUser } from './ask.ts';
import type { Server } from './server.ts';

const USERS = 3;

/**
 * Requests a screen from all servers for a few users. Throws if a response differs from the first server's, or if the first server's
 * response is incomplete. Stores the length of each server's responses, which the load checks.
 */
export async function checkAnswers(servers: readonly Server[], orders: number): Promise<void> {
  const users = Array.from({ length: USERS }, nextUser);
  const [reference, ...others] = servers;
  if (!reference) return;
  const expected = await answersOf(reference, users);
  for (const [index, answer] of expected.entries()) assertComplete(reference, answer, users[index] ?? '', orders);
  for (const other of others) {
    const answers = await answersOf(other, users);
    const difference = differenceOf(expected, answers);
    if (difference) {
      const names = `${reference.contender.name} and ${other.contender.name}`;
      throw new Error(`${names} return different responses for ${reference.screen.name}: ${difference}`);
    }
  }
}

async function answersOf(server: Server, users: readonly string[]): Promise<unknown[]> {
  const pool = new Pool(server.url, { connections: 1 });
  const answers: unknown[] = [];
  const lengths = new Set<number>();
  for (const user of users) {
    const { status, body } = await ask(pool, server.question, user);
    if (status !== 200) throw new Error(`${server.contender.name} returned ${status}: ${body}`);
    answers.push(unwrap(server, JSON.parse(body.toString())));
    lengths.add(body.length);
  }
  await pool.destroy();
  const [length = 0, ...more] = lengths;
  if (more.length > 0) throw new Error(`Responses of ${server.contender.name} differ in length.`);
  server.answerBytes = length;
  return answers;
}

/** Extracts the screen from a GraphQL response, so that it can be compared with REST responses. */
function unwrap({ contender, screen }: Server, json: Record<string, unknown>): unknown {
  if (contender.kind === 'rest') return json;
  if (json['errors'] !== undefined) throw new Error(`${contender.name}: ${JSON.stringify(json['errors'])}`);
  return (json['data'] as Record<string, unknown> | undefined)?.[screen.field];
}

function assertComplete({ screen }: Server, answer: unknown, user: string, orders: number): void {
  const text = JSON.stringify(answer);
  const count = text.split(`"id":"o_${user}_`).length - 1;
  if (count !== orders)
    throw new Error(`The reference's ${screen.name} has ${count} orders for ${user} instead of ${orders}.`);
  if (/:null|undefined/.test(text)) throw new Error(`The reference's ${screen.name} is incomplete: ${text}`);
}

/** The path and values of the first difference between two JSON values; undefined if they are equal. Property order is ignored. */
export function differenceOf(left: unknown, right: unknown, path = '$'): string | undefined {
  if (Object.is(left, right)) return undefined;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    return `${path} is ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
  }
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = differenceOf(left[name], right[name], `${path}.${name}`);
    if (difference) return difference;
  }
  return undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
