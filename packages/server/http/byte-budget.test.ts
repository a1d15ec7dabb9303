import { expect, test } from '@jest/globals';
import { ByteBudget } from './overload/byte-budget.ts';

test('past the limit, whoever began to hold bytes first is evicted, and no more than needed', () => {
  const budget = new ByteBudget(100);
  const evicted: string[] = [];
  const holdings = ['a', 'b', 'c'].map((name) => budget.hold(() => evicted.push(name)));
  for (const { add } of holdings) add(30);
  expect({ held: budget.held, evicted }).toEqual({ held: 90, evicted: [] });
  holdings[2]?.add(20);
  expect({ held: budget.held, evicted }).toEqual({ held: 80, evicted: ['a'] });
  holdings[0]?.add(50);
  expect(budget.held).toBe(80);
});

test('a holder that alone exceeds the limit is evicted itself', () => {
  const budget = new ByteBudget(100);
  const evicted: string[] = [];
  const large = budget.hold(() => evicted.push('large'));
  large.add(101);
  expect({ held: budget.held, evicted }).toEqual({ held: 0, evicted: ['large'] });
});

test('bytes are given back once', () => {
  const budget = new ByteBudget(100);
  const [first, second] = [budget.hold(() => {}), budget.hold(() => {})];
  first.add(40);
  second.add(40);
  first.release();
  first.release();
  expect(budget.held).toBe(40);
});
