import { type FieldInfo, fieldPathOf } from './field-path.ts';

/** What was called for, as far as somebody wants to know it afterwards. */
export interface CallDescriptor {
  /** The endpoint itself, which its name does not always tell; of one that answers rows, how many in one call. */
  readonly endpoint: object & { readonly maxBatch?: number; readonly ids?: { readonly many: boolean } };
  /** Keys of the rows that were asked for; undefined for a list. */
  readonly ids?: readonly string[];
  /** Path of the list, as loaders know it; undefined for rows. */
  readonly list?: string;
  /** Part of a batch that the service has refused as a whole. */
  readonly isPart?: boolean;
}

/** A field that loaded, at whatever items of lists. Times are milliseconds by performance.now, as in all of a trail. */
export interface FieldTrace {
  /** As `placeOf` has it. */
  readonly path: string;
  /** When it first asked. */
  readonly startedAt: number;
  /** How often it asked, for the same row or others. */
  loads: number;
  /** Waves that had to end before it could ask: of the fields above it, the nearest that loads. */
  readonly waited: number;
  /** Waves after which its rows were there. */
  waves: number;
}

/** A row or list, as far as it was asked for. */
interface Asked {
  readonly by: FieldTrace[];
  /** As FieldTrail has it; undefined before it was called for. */
  waves: number | undefined;
}

/** The operation that a request asked for. */
export interface OperationTrace {
  /** Undefined where it has none. */
  readonly name: string | undefined;
  /** A query, or a mutation. */
  readonly type: string;
  /** Its text, where it is registered: what a caller has written may hold anything. */
  readonly document: string | undefined;
  readonly startedAt: number;
  /** Undefined where its caller hung up before. */
  endedAt: number | undefined;
  /** The codes of its errors. */
  codes: readonly unknown[];
}

/**
 * What is kept of a request that somebody looks at, beside its ledger: which fields asked for what, and every attempt of
 * every call. Requests that nobody looks at have none, and take no time for it.
 */
export class RequestTrace {
  readonly startedAt = performance.now();
  /** The trace that its attempts are part of, each by a span id of its own; undefined where there is none of ours. */
  readonly traceId: string | undefined;
  /** By their places, in the order in which they first asked. */
  readonly fields = new Map<string, FieldTrace>();
  operation: OperationTrace | undefined;
  readonly #asked = new Map<object, Map<string, Asked>>();
  readonly #cause: RequestTrace | undefined;
  #underWay = 0;
  #onQuiet: (() => void) | undefined;

  /** With a `cause`, it is of what is done in the background because of that request, which is not quiet until then. */
  constructor(traceId?: string, cause?: RequestTrace) {
    this.traceId = traceId;
    this.#cause = cause;
  }

  /** Notes that a field asks for a row by its key, or for a list by its path. */
  load(endpoint: object, key: string, info: FieldInfo | undefined): void {
    if (!info) return;
    const field = this.#fieldAt(fieldPathOf(info));
    field.loads += 1;
    let byKey = this.#asked.get(endpoint);
    if (!byKey) {
      byKey = new Map();
      this.#asked.set(endpoint, byKey);
    }
    const asked = byKey.get(key) ?? { by: [], waves: undefined };
    byKey.set(key, asked);
    if (!asked.by.includes(field)) asked.by.push(field);
    field.waves = Math.max(field.waves, asked.waves ?? 0);
  }

  /**
   * The wave of a call for this, from 1: it comes after those that its fields had to wait for, whatever else was under way.
   * Undefined where nobody says what it is for. What is `cached` ends no wave.
   */
  waveOf(wanted: CallDescriptor, cached: boolean): number | undefined {
    const all = this.#askedOf(wanted);
    if (all.length === 0) return undefined;
    const wave = 1 + Math.max(...all.map(({ by }) => Math.min(...by.map(({ waited }) => waited))));
    for (const asked of all) {
      asked.waves = cached ? wave - 1 : wave;
      for (const field of asked.by) field.waves = Math.max(field.waves, asked.waves);
    }
    return wave;
  }

  /** The fields that asked for any of this. */
  fieldsOf(wanted: CallDescriptor): readonly FieldTrace[] {
    return [...new Set(this.#askedOf(wanted).flatMap(({ by }) => by))];
  }

  #askedOf({ endpoint, ids, list }: CallDescriptor): Asked[] {
    const byKey = this.#asked.get(endpoint);
    const keys = ids ?? (list === undefined ? [] : [list]);
    return keys.flatMap((key) => byKey?.get(key) ?? []);
  }

  begin(): void {
    this.#underWay += 1;
    this.#cause?.begin();
  }

  end(): void {
    this.#underWay -= 1;
    this.#cause?.end();
    if (this.#underWay > 0) return;
    const onQuiet = this.#onQuiet;
    this.#onQuiet = undefined;
    onQuiet?.();
  }

  /** Calls back when nothing of the request is under way any more, not even a call that its answer did not wait for. */
  whenQuiet(then: () => void): void {
    // A turn later: what ends because of the last call has then ended too.
    setImmediate(() => {
      if (this.#underWay === 0) then();
      else this.#onQuiet = () => this.whenQuiet(then);
    });
  }

  #fieldAt(place: string): FieldTrace {
    let field = this.fields.get(place);
    if (!field) {
      const waited = this.#above(place)?.waves ?? 0;
      field = { path: place, startedAt: performance.now(), loads: 0, waited, waves: waited };
      this.fields.set(place, field);
    }
    return field;
  }

  /** The nearest field that loads, of those that a place is in. */
  #above(place: string): FieldTrace | undefined {
    for (let end = place.lastIndexOf('.'); end > 0; end = place.lastIndexOf('.', end - 1)) {
      const field = this.fields.get(place.slice(0, end));
      if (field) return field;
    }
    return undefined;
  }
}
