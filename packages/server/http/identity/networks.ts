import { BlockList, isIP } from 'node:net';

/** An address, or all that begin with the same bits (CIDR). */
export interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

// Without the zone of a link-local address, which is another one on every machine.
const NETWORK = /^([^/%]+)(?:\/(\d{1,3}))?$/;

/** `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`; undefined where the text is neither an address nor a network. */
export function networkIn(text: string): Network | undefined {
  const [, address = '', bits] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  // Everybody is to be named as such, and not by a slip: 10.0.0.0/0.
  const isSlip = prefix === 0 && address !== '0.0.0.0' && address !== '::';
  return prefix > longest || isSlip ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}

/** All addresses of these networks. An IPv4 address is the same one when IPv6 has mapped it (`::ffff:10.0.0.7`). */
export function addressesOf(networks: readonly Network[]): BlockList {
  const addresses = new BlockList();
  for (const { address, family, prefix } of networks) addresses.addSubnet(address, prefix, family);
  return addresses;
}

/** Whether the address of a socket's other end is one of them. */
export function isAmong(addresses: BlockList, peer: string): boolean {
  const [address = ''] = peer.split('%', 1);
  const version = isIP(address);
  return version !== 0 && addresses.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
