import { longestStopMs } from '@facet/server/internal/http/stop.ts';

/**
 * A pod that goes away is taken out of its Service at once, but whoever sends requests needs time to see it. Meanwhile nothing
 * changes; once SIGTERM has come, each answer closes its connection, which would cost a busy gateway one per request.
 */
export const PRE_STOP_SECONDS = 3;

/** From SIGTERM on, requests are still taken for so long: until whoever asks /readyz has seen that it says no. */
export const DRAIN_MS = 5_000;

const SPARE_SECONDS = 2;

/** When the kubelet kills what has not ended: later than the server ends by itself, whatever goes wrong. */
export const GRACE_SECONDS = PRE_STOP_SECONDS + Math.ceil(longestStopMs(DRAIN_MS) / 1_000) + SPARE_SECONDS;
