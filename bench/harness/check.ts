import { Pool } from 'undici';
import { ask } from './ask.ts';
import { differenceOf } from './difference.ts';
import type { Server } from './server.ts';
import { nextUser } from './users.ts';

const USERS = 3;

/**
 * Asks all servers of a screen on behalf of a few users. Throws where one answers another JSON than the first does, or
 * the first leaves anything out. Notes the length of each one's answers for the load to expect.
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
      throw new Error(`${names} do not answer the same ${reference.screen.name}: ${difference}`);
    }
  }
}

async function answersOf(server: Server, users: readonly string[]): Promise<unknown[]> {
  const pool = new Pool(server.url, { connections: 1 });
  const answers: unknown[] = [];
  const lengths = new Set<number>();
  for (const user of users) {
    const { status, body } = await ask(pool, server.question, user);
    if (status !== 200) throw new Error(`${server.contender.name} answers ${status}: ${body}`);
    answers.push(unwrap(server, JSON.parse(body.toString())));
    lengths.add(body.length);
  }
  await pool.destroy();
  const [length = 0, ...more] = lengths;
  if (more.length > 0) throw new Error(`Answers of ${server.contender.name} differ in length.`);
  server.answerBytes = length;
  return answers;
}

/** What a GraphQL answer holds of the screen is what a REST contender answers. */
function unwrap({ contender, screen }: Server, json: Record<string, unknown>): unknown {
  if (contender.kind === 'rest') return json;
  if (json['errors'] !== undefined) throw new Error(`${contender.name}: ${JSON.stringify(json['errors'])}`);
  return (json['data'] as Record<string, unknown> | undefined)?.[screen.field];
}

function assertComplete({ screen }: Server, answer: unknown, user: string, orders: number): void {
  const text = JSON.stringify(answer);
  const count = text.split(`"id":"o_${user}_`).length - 1;
  if (count !== orders)
    throw new Error(`The reference's ${screen.name} has ${count} orders of ${user}, not ${orders}.`);
  if (/:null|undefined/.test(text)) throw new Error(`The reference's ${screen.name} has gaps: ${text}`);
}
