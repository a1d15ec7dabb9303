import { Histogram, SECONDS } from './histogram.ts';

/** What became of a request. */
export const OUTCOMES = ['ok', 'partial', 'failed', 'refused', 'shed', 'gone'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is counted of one screen for one version of a client. */
export class RequestTally {
  readonly outcomes: Record<Outcome, number> = { ok: 0, partial: 0, failed: 0, refused: 0, shed: 0, gone: 0 };
  readonly seconds = new Histogram(SECONDS);
}
