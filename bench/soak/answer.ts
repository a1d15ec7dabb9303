import { type Question, questionFor, type Reply } from '../harness/ask.ts';
import { FACET_ON } from '../harness/contenders.ts';
import { SCREENS } from '../harness/screens.ts';

/**
 * The classification of a response. `whole`: the user's complete Dashboard. `partial`: the Dashboard with null sections, each with an
 * error at its path. `refused`: 503 OVERLOADED. `wrong`: anything else.
 */
export type Verdict = 'whole' | 'partial' | 'refused' | 'wrong';

/** The request that all users send: the web client's Dashboard. */
export const QUESTION: Question = question();

const PARTIAL = Buffer.from('{"errors":[');

/** Judges a response to `user` (an id as long as the sample's). */
export type Judge = (reply: Reply, user: string) => Verdict;

interface Response {
  readonly data?: { readonly dashboard?: Readonly<Record<string, unknown>> | null };
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

/**
 * Compares responses with `sample`, a complete response to `sampleUser` from before the faults. Responses to different users differ
 * only in the user's id.
 */
export function createJudge(sample: string, sampleUser: string): Judge {
  // A response may have extensions after its data.
  const template = sample.replace(/\}$/, '');
  return ({ status, body }, user) => {
    if (status === 503) return body.includes('"OVERLOADED"') ? 'refused' : 'wrong';
    if (status !== 200) return 'wrong';
    const expected = template.replaceAll(sampleUser, user);
    const isPartial = body.subarray(0, PARTIAL.length).equals(PARTIAL);
    // Parses JSON only if comparing the bytes is not sufficient.
    if (!isPartial && body.length === sample.length) return body.toString() === `${expected}}` ? 'whole' : 'wrong';
    try {
      const response: Response = JSON.parse(body.toString());
      const { data: complete }: Response = JSON.parse(`${expected}}`);
      if (!isPartial) {
        const isWhole = response.errors === undefined && JSON.stringify(response.data) === JSON.stringify(complete);
        return isWhole ? 'whole' : 'wrong';
      }
      return isPartOf(response, complete?.dashboard ?? {}) ? 'partial' : 'wrong';
    } catch {
      return 'wrong';
    }
  };
}

/** Whether all differences from the complete Dashboard are nulls at or above the path of an error, and every error has such a null. */
function isPartOf({ data, errors = [] }: Response, complete: Readonly<Record<string, unknown>>): boolean {
  const failed = errors.map(({ path = [] }) => path.join('.'));
  const nulls: string[] = [];
  const agrees = (actual: unknown, expected: unknown, path: string): boolean => {
    if (actual === null && expected !== null) {
      nulls.push(path);
      return failed.some((error) => `${error}.`.startsWith(`${path}.`));
    }
    if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
      return Object.is(actual, expected);
    }
    const names = Object.keys(expected);
    return (
      Object.keys(actual).join() === names.join() &&
      names.every((name) => agrees(Reflect.get(actual, name), Reflect.get(expected, name), `${path}.${name}`))
    );
  };
  const dashboard = data?.dashboard;
  if (dashboard === null || dashboard === undefined || !agrees(dashboard, complete, 'dashboard')) return false;
  return failed.length > 0 && failed.every((error) => nulls.some((path) => `${error}.`.startsWith(`${path}.`)));
}

/** Whether a response is complete: no errors and no nulls. */
export function isComplete({ status, body }: Reply): boolean {
  const { errors, data } = JSON.parse(body.toString()) as { errors?: unknown; data?: unknown };
  return status === 200 && errors === undefined && !/:null/.test(JSON.stringify(data));
}

function question(): Question {
  const dashboard = SCREENS.find(({ name }) => name === 'Dashboard');
  if (!dashboard) throw new Error('The benchmark has no screen Dashboard.');
  return questionFor(FACET_ON, dashboard);
}
