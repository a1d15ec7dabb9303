import { goodput, groups, latency, lengthMs, perSecond, type Slice } from './figures.ts';
import { DEADLINE_MS, type Soaked } from './soak.ts';

const MEGABYTE = 1024 * 1024;

/** The chart of the whole run, with one value per second. */
export function chart({ peak, calm, overload, recovery, heap }: Soaked): string {
  const phases = [
    { name: 'finding the peak', slices: peak.steps.flatMap(({ slices }) => slices) },
    { name: 'half', slices: calm.slices },
    { name: 'twice the peak', slices: overload.slices },
    { name: 'half', slices: recovery.slices },
  ];
  let from = 0;
  const spans: Span[] = phases.map(({ name, slices }) => {
    const span = { name, from, to: from + lengthMs(slices) / 1_000 };
    from = span.to;
    return span;
  });
  const seconds = groups(
    phases.flatMap(({ slices }) => slices),
    1_000,
  );
  const line = (name: string, color: string, value: (slices: readonly Slice[]) => number): Line => ({
    name,
    color,
    points: seconds.map((slices, second) => [second + 0.5, value(slices)] as const).filter(([, y]) => !Number.isNaN(y)),
  });
  const overloadFrom = spans[2]?.from ?? 0;
  return plot(
    'A BFF at twice its peak load, second by second',
    [
      {
        title: 'Requests per second',
        lines: [
          line('offered', '#8c959f', (slices) => perSecond(slices, 'offered')),
          line('good responses', '#0969da', goodput),
          line('refused', '#bc4c00', (slices) => perSecond(slices, 'refused')),
        ],
      },
      {
        title: `Latency of admitted requests in ms; the deadline is ${DEADLINE_MS.toLocaleString('en-US')} ms`,
        lines: [
          line('p99', '#0969da', (slices) => latency(slices, 0.99)),
          line('p50', '#8c959f', (slices) => latency(slices, 0.5)),
        ],
      },
      {
        title: 'Heap after garbage collection, MB',
        lines: [
          {
            name: 'heap',
            color: '#0969da',
            dots: true,
            points: heap.map(({ atMs, usedBytes }) => [overloadFrom + atMs / 1_000, usedBytes / MEGABYTE]),
          },
        ],
      },
    ],
    spans,
  );
}

/** One line of a panel. */
export interface Line {
  readonly name: string;
  readonly color: string;
  /** Pairs of time in seconds and value. */
  readonly points: readonly (readonly [number, number])[];
  /** Draws dots instead of a line. */
  readonly dots?: boolean;
}

/** One diagram over time. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A named phase on the time axis. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 16;
const HEAD = 48;
const HEIGHT = 170;
const FOOT = 30;
const PANEL = HEAD + HEIGHT + FOOT;

/** Draws panels below each other with a common time axis in seconds. */
export function plot(title: string, panels: readonly Panel[], spans: readonly Span[]): string {
  const height = panels.length * PANEL;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    '  font-family="system-ui, -apple-system, \'Segoe UI\', sans-serif" font-size="13" role="img">',
    `  <title>${title}</title>`,
    `  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...panels.map((panel, index) => panelOf(panel, spans, index * PANEL)),
    '</svg>',
    '',
  ].join('\n');
}

function panelOf({ title, lines }: Panel, spans: readonly Span[], top: number): string {
  const seconds = Math.max(...spans.map(({ to }) => to));
  const most = niceAbove(Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value))));
  const x = (second: number) => LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => top + HEAD + HEIGHT * (1 - value / most);
  const bottom = top + HEAD + HEIGHT;
  return [
    `  <text x="16" y="${top + 22}" font-size="15" font-weight="600" fill="#1f2328">${title}</text>`,
    ...legend(lines, top + 22),
    ...spans.flatMap(({ name, from, to }, index) => [
      ...(index % 2 === 0
        ? []
        : [
            `  <rect x="${fixed(x(from))}" y="${top + HEAD}" width="${fixed(x(to) - x(from))}" height="${HEIGHT}" fill="#f6f8fa"/>`,
          ]),
      `  <text x="${fixed(x(from) + 4)}" y="${top + HEAD - 5}" font-size="11" fill="#59636e">${name}</text>`,
    ]),
    ...[0, 0.5, 1].flatMap((share) => [
      `  <line x1="${LEFT}" y1="${fixed(y(most * share))}" x2="${WIDTH - RIGHT}" y2="${fixed(y(most * share))}" stroke="#d1d9e0"/>`,
      `  <text x="${LEFT - 8}" y="${fixed(y(most * share) + 4)}" text-anchor="end" fill="#59636e">${(most * share).toLocaleString('en-US')}</text>`,
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `  <text x="${fixed(x(seconds * share))}" y="${bottom + 17}" text-anchor="${share === 1 ? 'end' : 'middle'}" fill="#59636e">${Math.round(seconds * share)} s</text>`,
    ),
    ...lines.map((line) => drawn(line, x, y)),
  ].join('\n');
}

function legend(lines: readonly Line[], y: number): string[] {
  let x = WIDTH - RIGHT;
  return lines.toReversed().map(({ name, color }) => {
    const text = `  <text x="${x}" y="${y}" text-anchor="end" fill="${color}">${name}</text>`;
    x -= name.length * 7 + 18;
    return text;
  });
}

function drawn({ points, color, dots }: Line, x: (second: number) => number, y: (value: number) => number): string {
  const coordinates = points.map(([second, value]) => [fixed(x(second)), fixed(y(value))] as const);
  if (dots)
    return coordinates.map(([cx, cy]) => `  <circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`).join('\n');
  return `  <polyline fill="none" stroke="${color}" stroke-width="1.5" points="${coordinates.map((pair) => pair.join(',')).join(' ')}"/>`;
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

const fixed = (value: number): string => value.toFixed(1);
