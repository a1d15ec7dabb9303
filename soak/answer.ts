import { type Question, questionFor, type Reply } from '../bench/harness/ask.ts';
import { FACET_ON } from '../bench/harness/contenders.ts';
import { SCREENS } from '../bench/harness/screens.ts';

/**
 * What an answer is worth: nothing missing; sections that are null, each with its error; refused at the door, for there is
 * too much to do; or none of these.
 */
export type Verdict = 'whole' | 'partial' | 'refused' | 'wrong';

/** The request that everybody sends: web's Dashboard, as its client does. */
export const QUESTION: Question = question();

const WHOLE = Buffer.from('{"data":{"dashboard":{');
const PARTIAL = Buffer.from('{"errors":[');
const DASHBOARD = '"data":{"dashboard":{';
const END = 0x7d;

/** `wholeBytes` is the length of a complete answer; all users' have the same, but for extensions. */
export function judge({ status, body }: Reply, user: string, wholeBytes: number): Verdict {
  if (status === 503) return body.includes('"OVERLOADED"') ? 'refused' : 'wrong';
  if (status !== 200 || body.at(-1) !== END) return 'wrong';
  if (body.subarray(0, WHOLE.length).equals(WHOLE)) {
    return body.length >= wholeBytes && body.includes(user) ? 'whole' : 'wrong';
  }
  return body.subarray(0, PARTIAL.length).equals(PARTIAL) && body.includes(DASHBOARD) ? 'partial' : 'wrong';
}

/** Whether an answer of healthy services lacks nothing. */
export function isComplete({ status, body }: Reply): boolean {
  const { errors, data } = JSON.parse(body.toString()) as { errors?: unknown; data?: unknown };
  return status === 200 && errors === undefined && !/:null/.test(JSON.stringify(data));
}

function question(): Question {
  const dashboard = SCREENS.find(({ name }) => name === 'Dashboard');
  if (!dashboard) throw new Error('There is no Dashboard.');
  return questionFor(FACET_ON, dashboard);
}
