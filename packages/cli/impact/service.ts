import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import type { Screen } from '@facet/server/internal/graphql/screens.ts';
import type { GraphQLSchema } from 'graphql';
import { type Answer, answerOf } from './answer.ts';
import { inRow, isOf, mayTouch, touches } from './breaks.ts';
import { type Change, changesBetween } from './changes.ts';
import type { Node } from './document.ts';
import type { Use } from './use.ts';
import { usesIn, usesOf } from './uses.ts';
import type { PlaceOf } from './walk.ts';

/** A client as far as a change can break it. */
export interface Client {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly screens: readonly Pick<Screen, 'name' | 'document'>[];
  /** Whether operations that are not registered are answered in production. */
  readonly isOpen: boolean;
}

/** A field that a change breaks, or concerns otherwise, as the change's level says. */
export interface BrokenField {
  readonly change: Change;
  readonly client: string;
  /** Type.field */
  readonly field: string;
  readonly endpoint: Endpoint;
  /** Names of the client's screens that ask for it. */
  readonly screens: readonly string[];
}

export interface ServiceImpact {
  readonly changes: readonly Change[];
  readonly broken: readonly BrokenField[];
  /** Fields written by hand that get what has changed, and may or may not look at it. */
  readonly byHand: readonly Omit<BrokenField, 'screens'>[];
}

/** What becomes of the clients when a service's document becomes another one. */
export function impactOf(service: string, before: Node, after: Node, clients: readonly Client[]): ServiceImpact {
  const changes = changesBetween(before, after);
  const placeOf = placesIn(service, before);
  const isUsed = ({ endpoint }: Use) => endpoint.service === service;
  const impacts = clients.map(({ name: client, schema, screens }) => {
    const uses = usesOf(schema, placeOf).filter(isUsed);
    const screenUses = screens.map(({ name, document }) => ({
      name,
      uses: usesIn(schema, placeOf, document).filter(isUsed),
    }));
    /** Whether it breaks for certain. */
    const isBroken = (change: Change, { field, endpoint }: Use) =>
      broken.some((one) => one.change === change && one.field === field && one.endpoint === endpoint);
    const broken = changes.flatMap((change): BrokenField[] => {
      const isBroken = (use: Use) => use.kind !== 'by hand' && touches(change, use);
      return unique(uses.filter(isBroken)).map(({ field, endpoint }) => {
        const isSame = (use: Use) => use.field === field && use.endpoint === endpoint && isBroken(use);
        const asking = screenUses.filter((screen) => screen.uses.some(isSame)).map(({ name }) => name);
        return { change, client, field, endpoint, screens: [...new Set(asking)] };
      });
    });
    const byHand = changes.flatMap((change) =>
      unique(uses.filter((use) => use.kind === 'by hand' && mayTouch(change, use) && !isBroken(change, use))).map(
        ({ field, endpoint }) => ({
          change,
          client,
          field,
          endpoint,
        }),
      ),
    );
    return { broken, byHand };
  });
  return {
    changes,
    broken: impacts.flatMap(({ broken }) => broken),
    byHand: impacts.flatMap(({ byHand }) => byHand),
  };
}

function unique(uses: readonly Use[]): Use[] {
  const isFirst = (use: Use, index: number) =>
    uses.findIndex(({ field, endpoint }) => field === use.field && endpoint === use.endpoint) === index;
  return uses.filter(isFirst);
}

/** The places of values in the rows of a service's endpoints, as its document has them. */
function placesIn(service: string, document: Node): PlaceOf {
  const paths = Object.keys(Object(document['paths']));
  const answers = new Map<Endpoint, Answer | undefined>();
  const answerTo = (endpoint: Endpoint): Answer | undefined => {
    if (!answers.has(endpoint)) {
      const method = endpoint.method.toLowerCase();
      const path = paths.find((candidate) => isOf(endpoint, { path: candidate, method }));
      answers.set(endpoint, path === undefined ? undefined : answerOf(document, path, method));
    }
    return answers.get(endpoint);
  };
  return (endpoint, place) => {
    const answer = endpoint.service === service ? answerTo(endpoint) : undefined;
    const whole = inRow(endpoint, place);
    if (!answer?.at(whole)) return undefined;
    const { path } = endpoint.rows;
    return path === '' ? answer.canonical(whole) : answer.canonical(whole).slice(path.length + 1);
  };
}
