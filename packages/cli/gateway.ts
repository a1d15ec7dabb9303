/** `facet gateway`: runs HAProxy as the gateway in front of the BFFs that `facet start` runs. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { describeEnvironment, portSetting, readEnvironment } from '@facet/server/internal/command/environment.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { z } from 'zod';
import { allClients } from './clients.ts';
import { findHaproxy, launchGateway, NO_HAPROXY, type Servers } from './gateway/haproxy.ts';
import { ISSUER, issuerSettings, type SigningKey, signingKeys, signToken } from './gateway/issuer.ts';
import { callerGroups, groupOf } from './identities.ts';
import { ROOT } from './project.ts';
import { withTakenPorts } from './start/deployables.ts';
import { curl } from './start/overview.ts';

const FOLDER = `${ROOT}.data/gateway`;
const LIFETIME_SECONDS = 8 * 60 * 60;
const POLL_MS = 50;

const shape = z.object({
  GATEWAY_PORT: portSetting(8_080).describe('Port to listen on.'),
  PORT_OFFSET: z.coerce.number().int().min(0).max(60_000).default(0).describe('PORT_OFFSET that npm start runs with.'),
  GATEWAY_LOG_LEVEL: z.string().default('emerg').describe("HAProxy's log level; info logs a line per request."),
  HAPROXY: z.string().optional().describe('Path of the HAProxy binary, if it is not in a standard location.'),
});

const COMMAND = {
  name: 'npm run gateway',
  purpose:
    'Starts HAProxy in front of the BFFs that npm start runs, with generated signing keys in .data/gateway. Prints an example request ' +
    'to each client with a token that is valid for eight hours. Ctrl-C stops it.',
  settings: () =>
    `${describeEnvironment(shape)}  CLIENT_SERVERS lists the addresses of a client's processes: WEB_SERVERS=127.0.0.1:4002,127.0.0.1:4012\n` +
    '  The settings of deploy/gateway/haproxy.cfg can be set as well: see docs/how-to/run-behind-the-gateway.md\n',
  examples: [['', 'listens on port 8080, in front of npm start']],
} as const;

await runCommand(COMMAND, async () => {
  const bffs = await allClients();
  const { GATEWAY_PORT: port, PORT_OFFSET: offset, GATEWAY_LOG_LEVEL: logLevel } = settingsOf(bffs);
  const haproxy = findHaproxy();
  if (haproxy === undefined) throw new InputError(NO_HAPROXY);
  process.exitCode = await run(haproxy, bffs, { port, offset, logLevel });
});

/** Reads the settings. Throws for a misspelt CLIENT_SERVERS too. */
function settingsOf(bffs: readonly Pick<Bff, 'client'>[]) {
  const servers = Object.fromEntries(bffs.map(({ client }) => [serversSetting(client), z.string().optional()]));
  readEnvironment(z.object({ ...shape.shape, ...servers }), process.env);
  return readEnvironment(shape, process.env);
}

function serversSetting(client: string): string {
  return `${client.toUpperCase().replaceAll('-', '_')}_SERVERS`;
}

interface Options {
  readonly port: number;
  readonly offset: number;
  readonly logLevel: string;
}

/** Runs HAProxy until it exits, and resolves to the exit code. */
async function run(binary: string, bffs: readonly Bff[], { port, offset, logLevel }: Options): Promise<number> {
  const servers = serversOfClients(bffs, offset);
  const keys = signingKeys(FOLDER);
  const settings = {
    GATEWAY_BIND: `:${port}`,
    GATEWAY_LOG_LEVEL: logLevel,
    ...issuerSettings(keys, callerGroups(bffs)),
  };
  if ((await withTakenPorts([{ port }])).length > 0) {
    throw new InputError(`Port ${port} is already in use. Stop the process that listens there, or set GATEWAY_PORT.`);
  }
  const child = launchGateway(binary, FOLDER, servers, settings);
  child.stdout.pipe(process.stderr);
  child.stderr.pipe(process.stderr);
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isStopped = true;
      child.kill('SIGTERM');
    });
  }
  const ended = once(child, 'exit');
  if (await ready(child, port)) process.stdout.write(await overview(bffs, servers, keys[0], port));
  const [exitCode] = await ended;
  return isStopped ? 0 : (exitCode ?? 1);
}

/** The addresses of each client's processes: CLIENT_SERVERS, or the client's default port. */
function serversOfClients(bffs: readonly Bff[], offset: number): Servers {
  const clients = bffs.map(({ client, port: own }) => {
    const named = process.env[serversSetting(client)]?.split(',').map((address) => address.trim());
    return [client, named?.filter(Boolean) ?? [`127.0.0.1:${own + offset}`]] as const;
  });
  return Object.fromEntries(clients);
}

/** Resolves to true when the gateway answers, or to false when the process exits before. */
async function ready(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await responds(`localhost:${port}`)) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function responds(address: string): Promise<boolean> {
  const response = await fetch(`http://${address}/readyz`).catch(() => undefined);
  await response?.body?.cancel();
  return response !== undefined;
}

async function overview(bffs: readonly Bff[], servers: Servers, key: SigningKey, port: number): Promise<string> {
  const rows = await Promise.all(
    Object.entries(servers).map(async ([client, addresses]) => {
      const alive = await Promise.all(addresses.map(responds));
      const shown = addresses.map((address, index) =>
        alive[index] ? address : `${address} (not running; start it: npm start)`,
      );
      return `  ${client.padEnd(14)} http://localhost:${port}/${client}/graphql`.padEnd(56) + shown.join(', ');
    }),
  );
  const curls = await Promise.all(bffs.map((bff) => curlOf(bff, key, port)));
  const examples = curls.filter((each) => each !== undefined);
  return `\nThe gateway is ready.\n\n${rows.join('\n')}\n\n${examples.join('\n\n')}\n\nCtrl-C stops it.\n`;
}

async function curlOf(bff: Bff, key: SigningKey, port: number): Promise<string | undefined> {
  const { client, identity } = bff;
  const now = Math.floor(Date.now() / 1_000);
  const aud = groupOf(identity.header).audience;
  const token = await signToken(key, {
    iss: ISSUER,
    aud,
    sub: identity.exampleId,
    iat: now,
    exp: now + LIFETIME_SECONDS,
  });
  const command = curl(bff, `localhost:${port}/${client}`, `Authorization: Bearer ${token}`);
  return command === undefined ? undefined : `# ${client}\n${command}`;
}
