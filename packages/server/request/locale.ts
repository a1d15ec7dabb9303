import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

export const DEFAULT_LOCALE = 'en-US';

/**
 * The first supported locale among the ten preferred ones of Accept-Language, for amounts and dates. en-US if none is supported, or
 * if the header is longer than 1,000 characters.
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

// Browsers send few different headers. The bound protects against callers that send many.
const locales = new Map<string, string>();
const MAX_LOCALES = 1_000;

// Looking up a tag takes 0.1 ms, and thousands of tags fit into a header.
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
 * The canonical supported locale of a tag. Extensions (-u-…) are dropped, because callers choose a language and a region, not digits or
 * calendars. So are parts without effect, because formats are cached per locale.
 */
function supported(tag: string): string | undefined {
  try {
    const [known] = Intl.NumberFormat.supportedLocalesOf(new Intl.Locale(tag).baseName);
    return known === undefined ? undefined : new Intl.NumberFormat(known).resolvedOptions().locale;
  } catch {
    return undefined;
  }
}
