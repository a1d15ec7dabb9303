/** How a service can be ill in a drill: late, not there at all, or answering what is no JSON. */
export const FAULT_KINDS = ['slow', 'down', 'rubbish'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A service that is to be ill for one request alone. */
export interface InjectedFault {
  readonly service: string;
  readonly kind: FaultKind;
  /** How late its answers are, in milliseconds, where it is slow. */
  readonly ms: number;
}

/** What a request wants to go wrong at this service; undefined for nearly all requests. */
export function faultAt(service: string, { drills }: { readonly drills?: InjectedFaults }): InjectedFault | undefined {
  return drills?.find((drill) => drill.service === service);
}

export type InjectedFaults = readonly InjectedFault[] | undefined;
