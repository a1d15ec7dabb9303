// One link of RFC 8288, section 3: its target, then its parameters, quoted or not. No target has a "<", so that a header of
// nothing else is not read again from each of them.
const LINK = /<[^<>]*>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+))?)*)/g;
const NEXT_ALONE = /^<[^<>]*>; ?rel="?next"?$/;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i;

/** Whether a Link header has a link with the relation "next". */
export function hasNextLink(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  // What nearly all services send.
  if (typeof header === 'string' && NEXT_ALONE.test(header)) return true;
  return String(header)
    .matchAll(LINK)
    .some(([, parameters = '']) => {
      const [, quoted, plain] = REL.exec(parameters) ?? [];
      return (quoted ?? plain ?? '').toLowerCase().split(/\s+/).includes('next');
    });
}
