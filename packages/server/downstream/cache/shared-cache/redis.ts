import { createClient, RESP_TYPES } from '@redis/client';
import { type Backoff, backoffMs } from '../../../request/wait.ts';
import type { Logger } from '../../../telemetry/log.ts';
import type { Store } from './store.ts';

/** Most commands that wait for their replies, sent or not. Further commands are rejected. */
const MAX_COMMANDS = 2_000;

const CONNECT_MS = 2_000;
/** An idle connection is pinged. A connection without any data for SILENT_MS is replaced. */
const PING_MS = 2_000;
const SILENT_MS = 5_000;

const RECONNECT: Backoff = { firstMs: 100, maxMs: 2_000, jitter: 0.5 };

/**
 * Connects to Redis, or a server with its protocol, at `redis://` or `rediss://`, with user, password and database number from the
 * URL. It connects in the background and reconnects forever. While there is no connection, all commands reject at once.
 */
export function connectRedis(url: string, log: Logger): Store {
  const client = createClient({
    url,
    // These commands do not need RESP3, which some proxies do not support. The library sends its name and version when it
    // connects, so that "connected" means that the server replies, not only that it accepts connections.
    RESP: 2,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MAX_COMMANDS,
    pingInterval: PING_MS,
    // No timer per command: callers bound their waits themselves.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      reconnectStrategy: (retries) => backoffMs(retries, RECONNECT),
    },
  });
  const values = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  logConnection(client, log);
  // It keeps trying until it is closed, and reports each failure as an event.
  client.connect().catch(() => {});
  const clockMs = async () => msOf(await client.sendCommand(['TIME']));
  return {
    async read(names) {
      // The two commands are pipelined, and their replies come in this order.
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

/** Parses the reply to TIME: seconds, and microseconds within the second. */
function msOf(time: unknown): number {
  const [seconds, micros] = Array.isArray(time) ? time.map(Number) : [];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

interface Connecting {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
}

/** Logs one line when the connection is established, and one when it is lost. */
function logConnection(client: Connecting, log: Logger): void {
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
