import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../../request/context.ts';
import { BadRequestError } from '../../request/errors.ts';
import type { InjectedFaults } from '../../request/injected-fault.ts';
import { RequestTrace } from '../../request/request-trace.ts';
import type { RegisteredDocuments } from '../documents/registered.ts';
import type { GraphQLParams } from '../input/params.ts';
import type { Estimate } from './estimate.ts';
import { type Asked, explain } from './explain.ts';
import { createDrillHeader } from './fault-header.ts';
import {
  type Bound,
  DRILL_HEADER,
  type Estimated,
  EXPLAIN_HEADER,
  type Explanation,
  type Measured,
  measuredIn,
  type SandboxConfig,
  type SandboxScreen,
} from './protocol.ts';

/** The server side of the sandbox: the data of its page, and what its requests may do. */
export interface Sandbox {
  config(): SandboxConfig;
  /** The cost of a query that is being written, or its problem. */
  estimated(params: GraphQLParams): Estimated;
  /** The header that injects these faults. Throws BadRequestError. */
  signed(drills: unknown): string;
  drillsOf(headers: IncomingHttpHeaders): InjectedFaults;
  /** The trace of a request that asks for an explanation; undefined for others. */
  trailOf(headers: IncomingHttpHeaders): RequestTrace | undefined;
  /** The explanation of a request that asks for one; undefined for others. */
  explain(headers: IncomingHttpHeaders, context: RequestContext, asked: Asked): Explanation | undefined;
}

/** The client, as its sandbox shows it. */
export interface Shown extends Omit<SandboxConfig, 'screens'> {
  readonly screens: readonly Omit<SandboxScreen, 'bound' | 'measured'>[];
}

export function createSandbox(shown: Shown, registered: RegisteredDocuments, estimate: Estimate): Sandbox {
  const drillHeader = createDrillHeader(shown.services);
  const measured = new Map<string, Measured>();
  let bounds: ReadonlyMap<string, Bound | undefined> | undefined;

  return {
    config() {
      bounds ??= new Map(shown.screens.map(({ name, text }) => [name, worstOf(text, estimate)]));
      return {
        ...shown,
        screens: shown.screens.map((screen) => ({
          ...screen,
          bound: bounds?.get(screen.name),
          measured: measured.get(screen.name),
        })),
      };
    },

    estimated(params) {
      const { query = '', operationName, variables } = params;
      const screen = registered.of(params)?.name;
      try {
        const bound = estimate({ query, operationName, variables });
        return { bound, screen, isTooExpensive: screen === undefined && bound.calls > shown.adHocCalls };
      } catch (error) {
        if (error instanceof GraphQLError) return { errors: [{ message: error.message }] };
        throw error;
      }
    },

    signed(given) {
      const drills = drillHeader.check(given);
      if (!drills) throw new BadRequestError(400, 'The body is not a list of faults to inject.');
      return drillHeader.sign(drills);
    },

    drillsOf: (headers) => drillHeader.read(headers[DRILL_HEADER.toLowerCase()]),

    trailOf: (headers) => (asksToBeExplained(headers) ? new RequestTrace() : undefined),

    explain(headers, context, asked) {
      if (!asksToBeExplained(headers)) return undefined;
      // The explanation belongs to one request, so the response is not cacheable.
      context.ledger.limitFreshness(0);
      const explanation = explain(context, asked, estimate);
      const { screen } = explanation;
      const figures = measuredIn(explanation);
      if (screen !== null && figures && registered.byName(screen)) measured.set(screen, figures);
      return explanation;
    },
  };
}

const asksToBeExplained = (headers: IncomingHttpHeaders): boolean => headers[EXPLAIN_HEADER.toLowerCase()] === '1';

/** The worst case of all variables; undefined if it is unknown. */
function worstOf(query: string, estimate: Estimate): Bound | undefined {
  try {
    return estimate({ query, operationName: undefined, variables: undefined });
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
