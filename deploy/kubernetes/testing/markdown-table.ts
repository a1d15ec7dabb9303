export type Row = Readonly<Record<string, string>>;

/** The rows of the first table below this heading, each by the titles of its columns. Throws where there is none. */
export function tableBelow(document: string, heading: string): Row[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [, head = '', lines = ''] = /^(\|.*\|)\n\|[-: |]+\|\n((?:\|.*\|\n?)+)/m.exec(section) ?? [];
  if (head === '') throw new Error(`There is no table below "${heading}".`);
  const titles = cellsOf(head);
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const cells = cellsOf(line);
      return Object.fromEntries(titles.map((title, column) => [title, cells[column] ?? '']));
    });
}

/** What a cell says as a number; NaN where it says none. */
export const numberIn = (cell = ''): number => (cell === '' ? Number.NaN : Number(cell.replaceAll(',', '')));

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
