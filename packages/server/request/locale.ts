import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

export const DEFAULT_LOCALE = 'en-US';

/**
 * The first locale of Accept-Language in which amounts and dates can be written, of the ten that it likes best; en-US where
 * none fits, and where the header is longer than any browser's.
 */
export function localeOf(headers: IncomingHttpHeaders): string {
  const accepted = headers['accept-language'];
  if (accepted === undefined || accepted.length > MAX_LENGTH) return DEFAULT_LOCALE;
  let locale = locales.get(accepted);
  if (locale === undefined) {
    locale = firstSupported(headers);
    if (locales.size >= MAX_LOCALES) locales.clear();
    locales.set(accepted, locale);
  }
  return locale;
}

// Browsers send the same few headers; who sends others must not fill the memory.
const locales = new Map<string, string>();
const MAX_LOCALES = 1_000;

// To look a tag up takes a tenth of a millisecond, and thousands of them fit into a header.
const MAX_LENGTH = 1_000;
const MAX_TAGS = 10;

function firstSupported(headers: IncomingHttpHeaders): string {
  for (const tag of new Negotiator({ headers }).languages().slice(0, MAX_TAGS)) {
    const locale = supported(tag);
    if (locale !== undefined) return locale;
  }
  return DEFAULT_LOCALE;
}

/**
 * Extensions (-u-…) are cut off: a caller chooses a language and a region, not digits and calendars. So is whatever makes no
 * difference, since there is no end of variants and regions, and formats are kept for each locale.
 */
function supported(tag: string): string | undefined {
  try {
    const [known] = Intl.NumberFormat.supportedLocalesOf(new Intl.Locale(tag).baseName);
    return known === undefined ? undefined : new Intl.NumberFormat(known).resolvedOptions().locale;
  } catch {
    return undefined;
  }
}
