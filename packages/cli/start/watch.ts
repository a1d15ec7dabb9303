import { watch } from 'node:fs';
import { ROOT } from '../project.ts';
import type { RunningProcess } from './process.ts';

/** An editor saves several files at once; they are one change. */
const SETTLE_MS = 150;

/** Restarts whatever a changed source or schema file belongs to. */
export function restartOnChange(processes: readonly RunningProcess[]): void {
  const changed = new Set<RunningProcess>();
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    for (const process of changed) void restartOne(process);
    changed.clear();
  };
  for (const folder of ['bffs', 'schemas', 'shared', 'packages/server', 'examples/services']) {
    watch(`${ROOT}${folder}`, { recursive: true }, (_event, file) => {
      if (!file || !/\.(ts|graphql)$/.test(file) || file.endsWith('.test.ts')) return;
      const path = `${folder}/${file}`;
      for (const process of processes) {
        if (process.deployable.watches.some((watched) => path.startsWith(watched))) changed.add(process);
      }
      clearTimeout(timer);
      timer = setTimeout(restart, SETTLE_MS);
    });
  }
}

async function restartOne(process: RunningProcess): Promise<void> {
  const { name } = process.deployable;
  await process.restart();
  await process.ready().then(
    () => note(`${name} restarted`),
    (error: Error) => note(`${error.message} It starts again after the next change.`),
  );
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
