/** Keys that are valid and that a careless encoding breaks. All id styles can carry them. */
export const ODD_KEYS = [
  'SKU/123',
  'ean 4006',
  'größe-1',
  '@types/node',
  '-5',
  'a+b@x.org',
  '%2F',
  '😀',
  'x'.repeat(512),
  '$&',
  '*',
] as const;

/** Texts that are no key: control characters, a lone surrogate, and more than 512 bytes. */
export const INVALID_KEYS = [
  'a\nb',
  '\0',
  '\t',
  '\x7f',
  '\x85',
  'a\ud800',
  '\udc00',
  'x'.repeat(513),
  'é'.repeat(257),
] as const;
