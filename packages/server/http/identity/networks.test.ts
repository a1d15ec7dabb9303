import { describe, expect, test } from '@jest/globals';
import { addressesOf, isAmong, networkIn } from './networks.ts';

function isIn(text: string, peer: string): boolean {
  const network = networkIn(text);
  if (!network) throw new Error(`${text} is no network.`);
  return isAmong(addressesOf([network]), peer);
}

describe.each([
  ['10.0.0.7', ['10.0.0.7', '::ffff:10.0.0.7', '::ffff:a00:7'], ['10.0.0.8', '::ffff:10.0.0.8', '::10.0.0.7', '::1']],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['9.255.255.255', '11.0.0.0', '::ffff:11.0.0.0']],
  ['10.1.2.3/8', ['10.200.0.1'], ['11.1.2.3']],
  ['192.168.1.128/25', ['192.168.1.128', '192.168.1.255'], ['192.168.1.127', '192.168.2.128']],
  ['10.0.0.0/31', ['10.0.0.0', '10.0.0.1'], ['10.0.0.2']],
  ['0.0.0.0/0', ['1.2.3.4', '255.255.255.255', '::ffff:1.2.3.4'], ['fd00::1', '::1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '127.0.0.1', '::ffff:127.0.0.1']],
  ['fd00::/8', ['fd00::1', 'fdff:ffff::'], ['fe00::1', 'fc00::1', '253.0.0.1']],
  ['2001:db8::/33', ['2001:db8:7fff::1'], ['2001:db8:8000::1']],
  ['::ffff:10.0.0.7', ['10.0.0.7', '::ffff:10.0.0.7'], ['10.0.0.8', '::ffff:10.0.0.8']],
  ['::ffff:10.0.0.0/104', ['10.9.9.9', '::ffff:10.9.9.9'], ['11.0.0.0', '::ffff:11.0.0.0']],
  ['::/0', ['::1', 'fd00::1'], []],
  ['fe80::/10', ['fe80::1', 'fe80::1%eth0'], ['fec0::1%eth0']],
])('%s', (network, within, outside) => {
  if (within.length > 0) test.each(within)('has %s', (peer) => expect(isIn(network, peer)).toBe(true));
  if (outside.length > 0) test.each(outside)('has no %s', (peer) => expect(isIn(network, peer)).toBe(false));
});

test.each([
  '',
  'localhost',
  'gateway.internal',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/255.0.0.0',
  'fd00::/129',
  '10.0.0.0/0',
  'fd00::/0',
  'fe80::1%eth0',
  '*',
])('%j is no network', (text) => {
  expect(networkIn(text)).toBeUndefined();
});

test.each(['', 'unknown', '10.0.0.7:443'])('%j is among no addresses', (peer) => {
  expect(isIn('0.0.0.0/0', peer)).toBe(false);
  expect(isIn('::/0', peer)).toBe(false);
});
