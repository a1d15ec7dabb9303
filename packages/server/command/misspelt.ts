/**
 * The setting that a variable's name was probably meant to be. Undefined for a correct name, and for a name that is not near any setting.
 *
 * A name is a misspelling if it differs from a setting by case, by separators, by a plural or by the unit at its end
 * (REQUEST_DEADLINE, ENTITY_CACHE_MB), if it abbreviates one (JWT_AUD) or spells one out (NODE_ENVIRONMENT), if two neighbouring letters
 * are swapped (PROT), or if few letters differ: none of four, one of seven, two of more. OTEL_ names allow one letter, because the
 * standard has similar names.
 */
export function meantSetting(name: string, settings: readonly string[]): string | undefined {
  if (settings.includes(name)) return undefined;
  const stem = stemOf(name);
  const same = settings.find((setting) => stemOf(setting) === stem);
  if (same !== undefined) return same;
  const upper = name.toUpperCase();
  const abbreviated = settings.filter(
    (setting) => isAbbreviation(upper, setting) || (setting.includes('_') && isSpeltOut(upper, setting)),
  );
  if (abbreviated.length === 1) return abbreviated[0];
  return settings.find(
    (setting) =>
      isNear(upper, setting, mostEdits(setting)) ||
      isNear(stem, stemOf(setting), mostEdits(setting)) ||
      (hasSameLetters(upper, setting) && edits(upper, setting) === 1),
  );
}

function isNear(name: string, setting: string, most: number): boolean {
  return Math.abs(setting.length - name.length) <= most && edits(name, setting) <= most;
}

const hasSameLetters = (name: string, setting: string): boolean =>
  name.length === setting.length && [...name].sort().join('') === [...setting].sort().join('');

/** The last word of the setting is written out. */
function isSpeltOut(name: string, setting: string): boolean {
  return name.startsWith(setting) && /^[A-Z]+$/.test(name.slice(setting.length));
}

/** The first word in full, and at least the first two letters of the next. */
function isAbbreviation(name: string, setting: string): boolean {
  const [first = ''] = setting.split('_');
  return name.length >= first.length + 3 && name.length < setting.length && setting.startsWith(name);
}

const UNIT = /_(MS|MILLISECONDS|S|SEC|SECS|SECONDS|M|MIN|MINUTES|H|HOURS|B|BYTES|KB|KIB|MB|MIB|GB|GIB|PERCENT)$/;

/** A name without its case, separators, plurals and unit. */
function stemOf(name: string): string {
  const words = name.toUpperCase().replaceAll('-', '_').replace(UNIT, '').split('_');
  return words.map((word) => word.replace(/IES$/, 'Y').replace(/(?<=..)S$/, '')).join('');
}

function mostEdits(setting: string): number {
  if (setting.startsWith('OTEL_')) return 1;
  if (setting.length <= 4) return 0;
  return setting.length <= 7 ? 1 : 2;
}

/** Number of letters to insert, delete, change, or swap with the next one, to turn one word into the other. */
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
