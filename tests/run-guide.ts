import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { copyOfProject } from '@facet/testing/internal/project-copy.ts';
import { afterAll, describe, expect, test } from '@jest/globals';
import { edited, isAsShown, type Output, type Step, sectionsOf } from './guide.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** With UPDATE_GUIDE=1 what commands print is written into the guide, to be looked at in the diff. */
const isUpdating = process.env['UPDATE_GUIDE'] === '1';
/** A machine may be busy with much else. */
const STEP_LIMIT_MS = 600_000;

/** Pages whose numbered sections are steps that a reader takes, one page after the other. */
export interface Guide {
  /** Their paths below the project's root. All of them work on the same copy of the project. */
  readonly pages: readonly string[];
  /** Ports that the pages name; each is replaced by a free one. */
  readonly ports?: readonly string[];
}

type Run = Extract<Step, { kind: 'run' }>;

/** As in a reader's terminal: nothing of jest or of the npm that runs it. But servers have all the time in the world. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|JEST_|INIT_CWD)/i.test(name))),
  SERVICE_TIMEOUT_MS: '200000',
  REQUEST_DEADLINE_MS: '200000',
  MAX_LAG_MS: '200000',
  MAX_UTILIZATION: '1',
};

/** Tests that every step of a guide does what it says, in a copy of the project. */
export async function testGuide({ pages, ports = [] }: Guide): Promise<void> {
  const free = await Promise.all(ports.map(async (port) => [port, String(await freePort())] as const));
  const here = replacing(new Map(free));
  const shown = replacing(new Map(free.map(([port, other]) => [other, port])));
  const copy = copyOfProject();
  const servers = new Map<number, ChildProcess>();
  const updates: { readonly output: Output; readonly text: string }[] = [];

  afterAll(async () => {
    await Promise.all([...servers.keys()].map(stop));
  });

  for (const path of pages) {
    const document = readFileSync(ROOT + path, 'utf8');
    describe(`${path} is true, and each of its steps does what it says:`, () => {
      afterAll(() => {
        if (updates.length > 0) writeFileSync(ROOT + path, updated(document, updates.splice(0)));
      });
      test.each(sectionsOf(document))(
        '$title',
        async ({ steps }) => {
          for (const step of steps) await take(step);
        },
        STEP_LIMIT_MS,
      );
    });
  }

  async function take(step: Step): Promise<void> {
    if (step.kind === 'write') {
      mkdirSync(dirname(copy + step.path), { recursive: true });
      writeFileSync(copy + step.path, here(step.text));
    } else if (step.kind === 'edit') {
      writeFileSync(copy + step.path, edited(readFileSync(copy + step.path, 'utf8'), here(step.text)));
    } else if (step.kind === 'serve') {
      await stop(step.port);
      servers.set(step.port, await listening(here(step.command), Number(here(String(step.port)))));
    } else if (step.kind === 'run') {
      const { exitCode, printed } = await run(here(step.command));
      expectAsShown(step, exitCode, shown(printed));
    }
  }

  function expectAsShown({ command, exitCode, output }: Run, code: number, printed: string): void {
    if (isUpdating && output && code === exitCode && !isAsShown(printed, output)) {
      const text = output.language === 'json' ? JSON.stringify(JSON.parse(printed), null, 2) : printed.trimEnd();
      updates.push({ output, text: `${text}\n` });
      return;
    }
    const isRight = code === exitCode && (!output || isAsShown(printed, output));
    const expected = { command, exitCode, printed: output?.text };
    expect(isRight ? expected : { command, exitCode: code, printed }).toEqual(expected);
  }

  async function run(command: string): Promise<{ readonly exitCode: number; readonly printed: string }> {
    const child = spawn('sh', ['-c', `exec 2>&1\n${command}`], { cwd: copy, env: environment });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const [exitCode] = await once(child, 'close');
    // As a terminal shows it.
    return { exitCode, printed: printed.replaceAll('\r\n', '\n') };
  }

  /** Starts what goes on until it is stopped; resolves when somebody listens on the port. */
  async function listening(command: string, port: number): Promise<ChildProcess> {
    // A process group of its own: npm and the shell between do not pass every signal on.
    const child = spawn('sh', ['-c', command], { cwd: copy, env: environment, detached: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }
    while (!(await isTaken(port))) {
      if (child.exitCode !== null) throw new Error(`"${command}" ended before it listened on ${port}: ${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return child;
  }

  async function stop(port: number): Promise<void> {
    const child = servers.get(port);
    servers.delete(port);
    if (!child?.pid || child.exitCode !== null) return;
    const ended = once(child, 'close');
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    while (await isTaken(Number(here(String(port))))) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The document with other outputs, from the last one to the first, so that places stay as they are. */
function updated(document: string, updates: readonly { readonly output: Output; readonly text: string }[]): string {
  return updates
    .toSorted((one, other) => other.output.at - one.output.at)
    .reduce(
      (text, { output: { at, text: old }, text: now }) => text.slice(0, at) + now + text.slice(at + old.length),
      document,
    );
}

function replacing(numbers: ReadonlyMap<string, string>): (text: string) => string {
  return (text) => text.replaceAll(/\b\d+\b/g, (number) => numbers.get(number) ?? number);
}

async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
