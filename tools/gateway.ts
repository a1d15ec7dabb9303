/**
 * Starts HAProxy as the gateway in front of the system that npm start runs, with keys of its own in .data/gateway, and prints
 * a request to each client with a token that is valid for eight hours. GATEWAY_PORT (8080) is where it listens, and
 * MOBILE_SERVERS, WEB_SERVERS and PARTNER_SERVERS name the processes of each client, by comma; by default the one that npm start
 * runs, with PORT_OFFSET added. All settings of deploy/gateway/haproxy.cfg can be set as well. Ctrl-C stops it.
 */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { allClients } from './clients.ts';
import { findHaproxy, launchGateway, NO_HAPROXY, type Servers } from './gateway/haproxy.ts';
import { AUDIENCES, ISSUER, issuerSettings, type SigningKey, signingKeys, signToken } from './gateway/issuer.ts';
import { EXAMPLES } from './start/deployables.ts';
import { withTakenPorts } from './start/ports.ts';

const FOLDER = fileURLToPath(new URL('../.data/gateway', import.meta.url));
const LIFETIME_SECONDS = 8 * 60 * 60;
const POLL_MS = 50;

const port = portIn('GATEWAY_PORT', 8_080);
const offset = portIn('PORT_OFFSET', 0);
const haproxy = findHaproxy();

if (haproxy === undefined) {
  process.stderr.write(`${NO_HAPROXY}\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await run(haproxy);
}

/** Runs it until it ends, to its exit code. */
async function run(binary: string): Promise<number> {
  const servers = await serversOfClients();
  const keys = signingKeys(FOLDER);
  // What HAProxy says of its servers is on standard error already.
  const logLevel = process.env['GATEWAY_LOG_LEVEL'] ?? 'emerg';
  const settings = { GATEWAY_BIND: `:${port}`, GATEWAY_LOG_LEVEL: logLevel, ...issuerSettings(keys) };
  if ((await withTakenPorts([{ port }])).length > 0) {
    process.stderr.write(`In use already: port ${port}. End what listens there, or set GATEWAY_PORT to another.\n`);
    return 1;
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
  if (await ready(child)) process.stdout.write(await overview(servers, keys[0]));
  const [exitCode] = await ended;
  return isStopped ? 0 : (exitCode ?? 1);
}

/** Each client's processes, as the settings name them. */
async function serversOfClients(): Promise<Servers> {
  const clients = (await allClients()).map(({ client, port: own }) => {
    const named = process.env[`${client.toUpperCase()}_SERVERS`]?.split(',').map((address) => address.trim());
    return [client, named?.filter(Boolean) ?? [`127.0.0.1:${own + offset}`]] as const;
  });
  return Object.fromEntries(clients);
}

/** Whether it ever answers; resolves as soon as it does, or has ended. */
async function ready(child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await answers(`localhost:${port}`)) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function answers(address: string): Promise<boolean> {
  const answer = await fetch(`http://${address}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer !== undefined;
}

async function overview(servers: Servers, key: SigningKey): Promise<string> {
  const rows = await Promise.all(
    Object.entries(servers).map(async ([client, addresses]) => {
      const alive = await Promise.all(addresses.map(answers));
      const shown = addresses.map((address, index) =>
        alive[index] ? address : `${address} (nobody there: npm start)`,
      );
      return `  ${client.padEnd(14)} http://localhost:${port}/${client}/graphql`.padEnd(56) + shown.join(', ');
    }),
  );
  const named = Object.keys(servers).filter((client): client is keyof typeof EXAMPLES => client in EXAMPLES);
  const curls = await Promise.all(named.map((client) => curl(client, key)));
  return `\nThe gateway is ready.\n\n${rows.join('\n')}\n\n${curls.join('\n\n')}\n\nCtrl-C stops it.\n`;
}

async function curl(client: keyof typeof EXAMPLES, key: SigningKey): Promise<string> {
  const { identity, query } = EXAMPLES[client];
  const [header, sub = ''] = identity.split(': ');
  const now = Math.floor(Date.now() / 1_000);
  const aud = header === 'X-Partner-Id' ? AUDIENCES.partners : AUDIENCES.users;
  const token = await signToken(key, { iss: ISSUER, aud, sub, iat: now, exp: now + LIFETIME_SECONDS });
  const headers = `-H 'Content-Type: application/json' -H 'Authorization: Bearer ${token}'`;
  return `# ${client}\ncurl -s localhost:${port}/${client}/graphql ${headers} -d '{"query":"${query}"}'`;
}

function portIn(name: string, fallback: number): number {
  const given = Number(process.env[name] || fallback);
  if (!Number.isInteger(given) || given < 0 || given > 65_535) throw new Error(`${name} must be from 0 to 65535.`);
  return given;
}
