/** How a service can be ill in a drill: late, not there at all, or answering what is no JSON. */
export const DRILL_KINDS = ['slow', 'down', 'rubbish'] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];

/** A service that is to be ill for one request alone. */
export interface Drill {
  readonly service: string;
  readonly kind: DrillKind;
  /** How late its answers are, in milliseconds, where it is slow. */
  readonly ms: number;
}

/** What a request wants to go wrong at this service; undefined for nearly all requests. */
export function drillAt(service: string, { drills }: { readonly drills?: Drills }): Drill | undefined {
  return drills?.find((drill) => drill.service === service);
}

export type Drills = readonly Drill[] | undefined;
