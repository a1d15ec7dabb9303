/** What came of a quarter of a second: an answer counts when it comes, whenever it was asked for. */
export interface Slice {
  /** Number of the order that it belongs to, from 1 on. */
  readonly order: number;
  readonly tookMs: number;
  /** Requests that were to be sent in it. */
  offered: number;
  /** Answers in time with nothing missing, and with sections that are null. */
  whole: number;
  partial: number;
  /** Good answers after the deadline. */
  late: number;
  /** 503 OVERLOADED. */
  refused: number;
  /** Other answers than these, and connections that broke or gave none for too long. */
  wrong: number;
  /** Milliseconds from when each was to be sent until its end: of all but the refused, and of the refused. */
  readonly admittedMs: readonly number[];
  readonly refusedMs: readonly number[];
  /** By how much the last request to be sent was sent late. */
  readonly sentLateMs: number;
  /** Requests under way at its end. */
  readonly underWay: number;
}

/** What the load is told: to send this many a second from now on. */
export interface Order {
  readonly order: number;
  readonly perSecond: number;
}

export const SLICE_MS = 250;
