/** What Node refuses to send, whatever a service was allowed to. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Those of the services' Set-Cookie headers whose cookie has one of these names (RFC 6265, section 4.1). */
export function cookiesToPassOn(cookies: readonly string[], names: readonly string[]): string[] {
  return cookies.filter((cookie) => names.includes(nameOf(cookie)) && !UNSENDABLE.test(cookie));
}

function nameOf(cookie: string): string {
  const [name = ''] = cookie.split('=', 1);
  return name.trim();
}
