/** Formats in the phone's locale. */
const DAY = new Intl.DateTimeFormat(navigator.languages, { day: 'numeric', month: 'short', year: 'numeric' });

export const dayOf = (moment: string): string => DAY.format(new Date(moment));

export const moneyOf = (amount: number, currency: string): string =>
  new Intl.NumberFormat([...navigator.languages], { style: 'currency', currency }).format(amount);

export const itemsOf = (count: number): string => (count === 1 ? '1 item' : `${count} items`);
