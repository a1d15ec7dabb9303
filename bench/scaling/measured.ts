/** The measured cost of one screen. */
export interface Measured {
  readonly screen: string;
  /** CPU time per request of all threads without encoding, and the additional time for encoding. */
  readonly cpuMicros: number;
  readonly encodeMicros: number;
  /** Size of the response in bytes, plain and encoded. */
  readonly answerBytes: number;
  readonly encodedBytes: number;
  /** Bytes received from the services if the catalog's rows are cached. */
  readonly serviceBytes: number;
  /** Memory of a pod, in MiB. */
  readonly podMemory: number;
}

/** Columns of the table in bench/scaling/README.md. */
export const COLUMNS = [
  'screen',
  'CPU µs',
  'of zstd',
  'answer, bytes',
  'by zstd',
  'from services',
  'pod, MiB',
] as const;

/** Reads the first table below a heading. Throws if there is none, or if a cell is not a number. */
export function measuredIn(document: string, heading: string): Measured[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [, head = '', lines = ''] = /^(\|.*\|)\n\|[-: |]+\|\n((?:\|.*\|\n)+)/m.exec(section) ?? [];
  if (cellsOf(head).join() !== COLUMNS.join())
    throw new Error(`The table of measurements is missing or has other columns: ${head}`);
  return lines.trim().split('\n').map(measuredOf);
}

function measuredOf(line: string): Measured {
  const [screen = '', ...cells] = cellsOf(line);
  const numbers = cells.map((cell) => Number(cell.replaceAll(',', '')));
  const [cpuMicros, encodeMicros, answerBytes, encodedBytes, serviceBytes, podMemory] = numbers;
  if (numbers.length !== COLUMNS.length - 1 || numbers.some(Number.isNaN))
    throw new Error(`Not all cells are numbers: ${line}`);
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
