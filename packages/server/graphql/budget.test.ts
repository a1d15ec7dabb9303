import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { breachesOf, readBudget } from './budget.ts';

const folder = mkdtempSync(`${tmpdir()}/facet-budget-`);

function fileWith(text: string): string {
  const path = `${folder}/budget.json`;
  writeFileSync(path, text);
  return path;
}

describe('a budget file', () => {
  test.each([
    {
      what: 'keys that are not known',
      text: '{"screens": {}, "adHoc": {"calls": 1, "seconds": 2}, "x": 1}',
      says: ['adHoc has "seconds"', 'The file has "x"'],
    },
    {
      what: 'keys of a screen',
      text: '{"screens": {"Home": {"calls": 1, "waves": 1, "rows": 1, "cost": 1}}, "adHoc": {"calls": 1}}',
      says: ['screens.Home', '"cost"'],
    },
    {
      what: 'keys that are missing',
      text: '{"screens": {"Home": {"calls": 1, "waves": 1}}}',
      says: ['screens.Home.rows', 'adHoc'],
    },
    { what: 'what is no number', text: '{"screens": {}, "adHoc": {"calls": "many"}}', says: ['adHoc.calls', 'number'] },
    { what: 'no JSON', text: '{', says: ['budget.json:1:2: The file is not JSON.'] },
    {
      what: 'JSON that goes wrong',
      text: '{\n  "screens": {},\n  adHoc: 1\n}',
      says: ['budget.json:3:3: The file is not JSON.'],
    },
    {
      what: 'keys that are misspelt',
      text: '{"screens": {},\n "adhoc": {"calls": 1}}',
      says: ['budget.json:2:2: The file has "adhoc", which is not known. Did you mean adHoc?'],
    },
  ])('reports $what', ({ text, says }) => {
    const path = fileWith(text);
    for (const words of says) expect(() => readBudget(path)).toThrow(words);
  });

  test('that is missing is reported', () => {
    expect(() => readBudget('/nowhere/budget.json')).toThrow('/nowhere/budget.json is missing or not readable.');
  });
});

test('screens over budget, without a budget, and budgets without a screen are reported', () => {
  const nothing = { timeMs: 0, attempts: 0, sites: [], reads: new Map() };
  const costs = new Map([
    ['Home', { calls: 4, waves: 1, rows: 30, ...nothing }],
    ['New', { calls: 1, waves: 1, rows: 1, ...nothing }],
    ['Kept', { calls: 1, waves: 1, rows: 1, ...nothing }],
  ]);
  const screens = {
    Home: { calls: 3, waves: 1, rows: 20 },
    Kept: { calls: 1, waves: 2, rows: 5 },
    Gone: { calls: 1, waves: 1, rows: 1 },
    Unbounded: { calls: 1, waves: 1, rows: 1 },
  };
  expect(breachesOf({ screens, adHoc: { calls: 1 } }, costs, ['Unbounded'])).toEqual([
    'New has no budget.',
    'Gone has a budget, and there is no such screen.',
    'Home can take 4 calls; its budget is 3.',
    'Home can take 30 rows; its budget is 20.',
  ]);
});
