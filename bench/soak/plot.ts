/** One line of a panel. */
export interface Line {
  readonly name: string;
  readonly color: string;
  /** Seconds, and the value then. */
  readonly points: readonly (readonly [number, number])[];
  /** Drawn as dots. */
  readonly dots?: boolean;
}

/** One diagram over time. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A stretch of the time that all panels show, with its name. */
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

/** Panels over one another, with one axis of time in seconds. */
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
  const places = points.map(([second, value]) => [fixed(x(second)), fixed(y(value))] as const);
  if (dots) return places.map(([cx, cy]) => `  <circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`).join('\n');
  return `  <polyline fill="none" stroke="${color}" stroke-width="1.5" points="${places.map((place) => place.join(',')).join(' ')}"/>`;
}

/** The next of 1, 2, 5, 10, 20, ... that is not below a value. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

const fixed = (value: number): string => value.toFixed(1);
