import { describe, expect, test } from '@jest/globals';
import { MAX_TEXT_LENGTH, truncate } from './truncate.ts';

describe('truncate', () => {
  test.each(['', 'short', 'x'.repeat(MAX_TEXT_LENGTH), '😀'.repeat(MAX_TEXT_LENGTH / 2)])(
    'returns text of up to 4,096 code units unchanged (%#)',
    (text) => expect(truncate(text)).toBe(text),
  );

  test('marks the cut with the original length and stays within the limit', () => {
    const cut = truncate('x'.repeat(1_048_576));
    expect(cut).toHaveLength(MAX_TEXT_LENGTH);
    expect(cut).toMatch(/^x{4000,}… \[truncated, 1048576 characters\]$/);
    expect(truncate(cut)).toBe(cut);
  });

  test('does not split a surrogate pair, wherever the cut falls', () => {
    for (const shift of ['', 'x']) {
      const cut = truncate(shift + '😀'.repeat(MAX_TEXT_LENGTH));
      expect(cut.isWellFormed()).toBe(true);
      expect(cut.length).toBeGreaterThanOrEqual(MAX_TEXT_LENGTH - 1);
      expect(cut.length).toBeLessThanOrEqual(MAX_TEXT_LENGTH);
    }
  });

  test('cuts behind a lone surrogate as behind any other character', () => {
    for (const shift of ['', 'x']) {
      expect(truncate(shift + '\ud83dx'.repeat(MAX_TEXT_LENGTH))).toHaveLength(MAX_TEXT_LENGTH);
    }
  });

  test('drops a word that the cut would split, so that no half of an address or token is left', () => {
    const text = `${'word '.repeat(800)} ${'x'.repeat(40)} ada.lovelace@example.com ${'word '.repeat(800)}`;
    expect(truncate(text)).toMatch(/^(word ){800} x{40} … \[truncated, 8067 characters\]$/);
  });

  test('keeps the limit when the mark alone exceeds it', () => {
    expect(truncate('x'.repeat(100), 10)).toHaveLength(10);
    expect(truncate('x'.repeat(100), 0)).toBe('');
  });
});
