/** Formats in the user's locale. */
const DAY = new Intl.DateTimeFormat(navigator.languages, { dateStyle: 'long' });
const MONTH = new Intl.DateTimeFormat(navigator.languages, { year: 'numeric', month: 'long' });

export const dayOf = (moment: string): string => DAY.format(new Date(moment));
export const monthOf = (moment: string): string => MONTH.format(new Date(moment));
