import { expect, test } from '@jest/globals';
import { hasNextLink } from './response-headers.ts';

test.each([
  ['</a>; rel="next"', true],
  ['</a>; rel=next', true],
  ['</a>; rel = "next"', true],
  ['</a>;REL=NEXT', true],
  ['</a>; rel="prev next"', true],
  ['</a>; rel="prev", </b>; title="x, y"; rel="next"', true],
  ['</a>; rel="prev"', false],
  ['</a>; rel=nextpage', false],
  ['</a>; rel="next-archive"', false],
  ['</a;rel=next>; rel="prev"', false],
  ['</a>; title="rel=next"; rel="prev"', false],
  ['', false],
  [undefined, false],
])('%j has a next link: %j', (header, expected) => {
  expect(hasNextLink(header)).toBe(expected);
});

test('a header of many incomplete links is matched in linear time', () => {
  expect(hasNextLink('<'.repeat(1_000_000))).toBe(false);
});
