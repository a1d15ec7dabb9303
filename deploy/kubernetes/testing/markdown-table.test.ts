import { expect, test } from '@jest/globals';
import { numberIn, tableBelow } from './markdown-table.ts';

const DOCUMENT = `# Screens

## Home

Medians.

| screen | CPU µs |
| ------ | -----: |
| Home   |  1,315 |
| Other  |        |

| another |
| ------- |
| table   |

## Empty
`;

test('rows come by the titles of their columns, of the first table below the heading', () => {
  expect(tableBelow(DOCUMENT, 'Home')).toEqual([
    { screen: 'Home', 'CPU µs': '1,315' },
    { screen: 'Other', 'CPU µs': '' },
  ]);
});

test('no table, or no such heading, is told', () => {
  expect(() => tableBelow(DOCUMENT, 'Empty')).toThrow('no table below "Empty"');
  expect(() => tableBelow(DOCUMENT, 'Nowhere')).toThrow('no table');
});

test('a cell is a number, or none', () => {
  expect(numberIn('1,315')).toBe(1_315);
  expect(numberIn('')).toBeNaN();
  expect(numberIn(undefined)).toBeNaN();
});
