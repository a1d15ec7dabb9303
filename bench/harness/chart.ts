import type { Measured } from './measure.ts';
import { whole } from './report.ts';
import type { Screen } from './screens.ts';

const WIDTH = 860;
const LABELS = 150;
const BARS = 520;
const ROW = 30;
const HEAD = 54;
const GAP = 22;

/** A bar chart of screens per second of server CPU. Longer bars are better. */
export function chart(measured: readonly Measured[], screens: readonly Screen[]): string {
  let y = 0;
  const panels = screens.map(({ name }) => {
    const rows = measured
      .filter(({ server }) => server.screen.name === name)
      .toSorted((left, right) => left.cpuMicros - right.cpuMicros);
    const panel = panelOf(name, rows, y);
    y += HEAD + rows.length * ROW + GAP;
    return panel;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}"`,
    '  font-family="system-ui, -apple-system, \'Segoe UI\', sans-serif" font-size="14" role="img">',
    '  <title>Screens per second of server CPU, by contender</title>',
    `  <rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function panelOf(title: string, rows: readonly Measured[], top: number): string {
  const most = Math.max(...rows.map(perSecond));
  return [
    `  <text x="16" y="${top + 26}" font-size="17" font-weight="600" fill="#1f2328">${title}</text>`,
    `  <text x="${LABELS}" y="${top + 26}" fill="#59636e">screens per second of server CPU (microseconds per screen)</text>`,
    ...rows.map((row, index) => barOf(row, perSecond(row) / most, top + HEAD + index * ROW)),
  ].join('\n');
}

function barOf(row: Measured, share: number, y: number): string {
  const { name } = row.server.contender;
  const width = Math.max(share * BARS, 1).toFixed(1);
  const isFacet = name.startsWith('Facet');
  const label = `${whole(perSecond(row))} (${whole(row.cpuMicros)} µs)`;
  return [
    `  <text x="${LABELS - 10}" y="${y + 5}" text-anchor="end" fill="#1f2328"${isFacet ? ' font-weight="600"' : ''}>${name}</text>`,
    `  <rect x="${LABELS}" y="${y - 10}" width="${width}" height="20" rx="2" fill="${isFacet ? '#0969da' : '#8c959f'}"/>`,
    `  <text x="${LABELS + Number(width) + 8}" y="${y + 5}" fill="#1f2328">${label}</text>`,
  ].join('\n');
}

const perSecond = ({ cpuMicros }: Measured): number => 1e6 / cpuMicros;
