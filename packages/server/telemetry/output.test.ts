import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLog } from './log.ts';
import { LineBuffer } from './output.ts';

describe('lines on standard output', () => {
  let written: string[];
  let buffer: LineBuffer;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    written = [];
    buffer = new LineBuffer((text) => written.push(text));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const messages = () =>
    written.map((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    );

  test('are written at once when they are few, and together when they follow each other quickly', () => {
    const log = createLog('test', 'info', buffer);
    log.info('1');
    log.info('2');
    log.info('3');
    expect(messages()).toEqual([['1']]);
    jest.advanceTimersByTime(100);
    expect(messages()).toEqual([['1'], ['2', '3']]);
    log.info('4');
    expect(messages()).toEqual([['1'], ['2', '3'], ['4']]);
  });

  test('are written at once, with all earlier ones, when they are warnings', () => {
    const log = createLog('test', 'info', buffer);
    log.info('1');
    log.info('2');
    log.warn('3');
    expect(messages()).toEqual([['1'], ['2', '3']]);
  });

  test('are written when there are many characters', () => {
    const log = createLog('test', 'info', buffer);
    for (let count = 0; count < 50; count += 1) log.info('x'.repeat(1_000));
    expect(written.length).toBeGreaterThan(2);
    buffer.flush();
    expect(messages().flat()).toHaveLength(50);
    buffer.flush();
    expect(messages().flat()).toHaveLength(50);
  });
});
