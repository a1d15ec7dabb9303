import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Body } from './body.ts';

test('chunks of any size are joined in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 }), (sizes) => {
      const body = new Body();
      const parts = sizes.map((size, index) => Buffer.alloc(size, index));
      for (const part of parts) body.add(part);
      expect(body.whole().equals(Buffer.concat(parts))).toBe(true);
    }),
  );
});

test('a million chunks of one byte hold few times their size, and none of their source buffers', () => {
  const body = new Body();
  const read = Buffer.from('0123456789');
  const before = process.memoryUsage();
  for (let byte = 0; byte < 1_000_000; byte += 1) body.add(read.subarray(byte % 10, (byte % 10) + 1));
  read.fill(0);
  const joined = body.whole();
  const { arrayBuffers } = process.memoryUsage();
  expect(joined.length).toBe(1_000_000);
  // The first chunk is not copied, because it may be the only one.
  expect(joined.toString('latin1', 1, 20)).toBe('1234567890123456789');
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(4_000_000);
});
