import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

export const DEFAULT_LOCALE = 'en-US';

/** The first locale of Accept-Language in which amounts and dates can be written; en-US where none fits. */
export function localeOf(headers: IncomingHttpHeaders): string {
  if (headers['accept-language'] === undefined) return DEFAULT_LOCALE;
  for (const tag of new Negotiator({ headers }).languages()) {
    const locale = supported(tag);
    if (locale !== undefined) return locale;
  }
  return DEFAULT_LOCALE;
}

/** Extensions (-u-…) are cut off: a caller chooses a language and a region, not digits and calendars. */
function supported(tag: string): string | undefined {
  try {
    return Intl.NumberFormat.supportedLocalesOf(new Intl.Locale(tag).baseName)[0];
  } catch {
    return undefined;
  }
}
