import { createClient, RESP_TYPES } from '@redis/client';
import type { Logger } from '../../telemetry/log.ts';
import type { Store } from './store.ts';

/** Commands that wait for their answers at most, sent or not; others are refused. */
const MOST_COMMANDS = 2_000;

const CONNECT_MS = 2_000;
/** An idle connection is asked whether it lives; one on which nothing has moved for that long is replaced. */
const PING_MS = 2_000;
const SILENT_MS = 5_000;

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

/**
 * Redis, or what speaks its protocol, at `redis://` or `rediss://` with user, password and database number as the URL has
 * them. It connects in the background, again and again. While it is not connected everything rejects at once.
 */
export function connectRedis(url: string, log: Logger): Store {
  const client = createClient({
    url,
    // All that is asked for is older than RESP3, which some proxies do not speak. The library tells its name and version when
    // it connects, so that it is connected to somebody who answers, and not to the queue of a process that stands still.
    RESP: 2,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MOST_COMMANDS,
    pingInterval: PING_MS,
    // The library would have a timer for each command until it is sent; whoever waits has one already.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: CONNECT_MS, socketTimeout: SILENT_MS, reconnectStrategy: retryMs },
  });
  const values = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  tellOfConnection(client, log);
  // It goes on trying until it is closed, and tells of each failure as an event.
  client.connect().catch(() => {});
  const clockMs = async () => msOf(await client.sendCommand(['TIME']));
  return {
    async read(names) {
      // Pipelined, and answered in this order.
      const [found, storeMs] = await Promise.all([values.mGet([...names]), clockMs()]);
      return { values: found, storeMs };
    },
    clockMs,
    async write(changes) {
      const sent = Array.from(changes, ([name, change]) =>
        change === null
          ? client.sendCommand(['DEL', name])
          : client.sendCommand(['SET', name, change.text, 'PX', String(change.ttlMs)]),
      );
      const settled = await Promise.allSettled(sent);
      return settled.filter(({ status }) => status === 'fulfilled').length;
    },
    close: () => client.destroy(),
  };
}

/** The answer to TIME: seconds, and microseconds within the second. */
function msOf(time: unknown): number {
  const [seconds, micros] = Array.isArray(time) ? time.map(Number) : [];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/** Twice as long after each failure, and not to the same moment in all processes. */
function retryMs(retries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries) * (0.5 + Math.random());
}

interface Connecting {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
}

/** One line when it is there, and one when it is lost, whatever follows. */
function tellOfConnection(client: Connecting, log: Logger): void {
  let isLost = false;
  client.on('error', (err) => {
    log[isLost ? 'debug' : 'warn']({ err }, 'no connection to the shared cache');
    isLost = true;
  });
  client.on('ready', () => {
    log.info('connected to the shared cache');
    isLost = false;
  });
}
