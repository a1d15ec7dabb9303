/** A whole number, for people. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
/** Three digits where it is small. */
export const some = (value: number): string => (value >= 100 ? whole(value) : String(Number(value.toPrecision(3))));
export const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)}%`;
export const gigabits = (bits: number): string => some(bits / 1e9);
