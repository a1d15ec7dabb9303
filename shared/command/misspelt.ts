/**
 * The setting that somebody meant who has set a variable of this name; undefined where the variable is none of Facet's business.
 *
 * A name is a misspelling if it differs from a setting by case, by separators, by a plural or by the unit at its end
 * (REQUEST_DEADLINE, ENTITY_CACHE_MB), or by few letters: none of four, one of seven, two of more. The names of OpenTelemetry
 * are a standard's, in which other variables are as near as that: one letter there.
 */
export function meantSetting(name: string, settings: readonly string[]): string | undefined {
  if (settings.includes(name)) return undefined;
  const stem = stemOf(name);
  const same = settings.find((setting) => stemOf(setting) === stem);
  if (same !== undefined) return same;
  const upper = name.toUpperCase();
  return settings.find((setting) => {
    const most = mostEdits(setting);
    return Math.abs(setting.length - upper.length) <= most && edits(upper, setting) <= most;
  });
}

const UNIT = /_(MS|MILLISECONDS|S|SEC|SECS|SECONDS|M|MIN|MINUTES|H|HOURS|B|BYTES|KB|KIB|MB|MIB|GB|GIB|PERCENT)$/;

/** What is left of a name without its case, separators, plurals and unit. */
function stemOf(name: string): string {
  const words = name.toUpperCase().replaceAll('-', '_').replace(UNIT, '').split('_');
  return words.map((word) => word.replace(/IES$/, 'Y').replace(/(?<=..)S$/, '')).join('');
}

function mostEdits(setting: string): number {
  if (setting.startsWith('OTEL_')) return 1;
  if (setting.length <= 4) return 0;
  return setting.length <= 7 ? 1 : 2;
}

/** Letters to insert, delete, change, or swap with the next one, to make one word of the other. */
function edits(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
