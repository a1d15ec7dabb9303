/** Kinds of injected faults: slow responses, refused connections, and responses that are not JSON. */
export const FAULT_KINDS = ['slow', 'down', 'rubbish'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault of one service, for one request only. */
export interface InjectedFault {
  readonly service: string;
  readonly kind: FaultKind;
  /** Delay of a slow service, in milliseconds. */
  readonly ms: number;
}

/** The fault that a request injects into a service; undefined for nearly all requests. */
export function faultAt(service: string, { drills }: { readonly drills?: InjectedFaults }): InjectedFault | undefined {
  return drills?.find((fault) => fault.service === service);
}

export type InjectedFaults = readonly InjectedFault[] | undefined;
