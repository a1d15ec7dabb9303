/** What one screen costs, as it was measured. */
export interface Measured {
  readonly screen: string;
  /** CPU time of all threads of a request, its answer not encoded, and what encoding it takes on top. */
  readonly cpuMicros: number;
  readonly encodeMicros: number;
  /** Bytes of its answer, plain and encoded. */
  readonly answerBytes: number;
  readonly encodedBytes: number;
  /** Bytes that the services answer for it, where the catalog's part is in the cache. */
  readonly serviceBytes: number;
  /** Memory of a pod, in MiB. */
  readonly podMemory: number;
}

/** Columns of the table in bench/scaling/README.md, in the order of what they are. */
export const COLUMNS = [
  'screen',
  'CPU µs',
  'of zstd',
  'answer, bytes',
  'by zstd',
  'from services',
  'pod, MiB',
] as const;

/** Reads the first table below this heading. Throws where there is none, or one without numbers. */
export function measuredIn(document: string, heading: string): Measured[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [, head = '', lines = ''] = /^(\|.*\|)\n\|[-: |]+\|\n((?:\|.*\|\n)+)/m.exec(section) ?? [];
  if (cellsOf(head).join() !== COLUMNS.join()) throw new Error(`There is no table of what was measured: ${head}`);
  return lines.trim().split('\n').map(measuredOf);
}

function measuredOf(line: string): Measured {
  const [screen = '', ...cells] = cellsOf(line);
  const numbers = cells.map((cell) => Number(cell.replaceAll(',', '')));
  const [cpuMicros, encodeMicros, answerBytes, encodedBytes, serviceBytes, podMemory] = numbers;
  if (numbers.length !== COLUMNS.length - 1 || numbers.some(Number.isNaN)) throw new Error(`No numbers: ${line}`);
  return {
    screen,
    cpuMicros: Number(cpuMicros),
    encodeMicros: Number(encodeMicros),
    answerBytes: Number(answerBytes),
    encodedBytes: Number(encodedBytes),
    serviceBytes: Number(serviceBytes),
    podMemory: Number(podMemory),
  };
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
