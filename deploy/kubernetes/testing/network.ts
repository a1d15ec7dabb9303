import { isIP } from 'node:net';

const CIDR = /^([\da-fA-F.:]+)\/(0|[1-9]\d{0,2})$/;

/** An address and how many of its bits are the network's, all others being 0: `10.20.0.0/16`, `fd00:20::/32`. */
export function isNetwork(value: unknown): boolean {
  const [, address = '', prefix] = CIDR.exec(String(value)) ?? [];
  const version = isIP(address);
  const hostBits = (version === 4 ? 32 : 128) - Number(prefix);
  return (
    version !== 0 && hostBits >= 0 && BigInt.asUintN(hostBits, version === 4 ? ipv4(address) : ipv6(address)) === 0n
  );
}

const ipv4 = (address: string): bigint => address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);

function ipv6(address: string): bigint {
  // A URL writes it in one way: without leading zeros, without an IPv4 address at its end.
  const [head = [], tail = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
