import { BlockList, isIP } from 'node:net';

/** An address or a network (CIDR). */
export interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

// Without the zone of a link-local address, which differs between machines.
const NETWORK = /^([^/%]+)(?:\/(\d{1,3}))?$/;

/** Parses `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`; undefined if the text is neither an address nor a network. */
export function networkIn(text: string): Network | undefined {
  const [, address = '', bits] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  // 10.0.0.0/0 is probably a mistake: only 0.0.0.0/0 and ::/0 mean every address.
  const isMistake = prefix === 0 && address !== '0.0.0.0' && address !== '::';
  return prefix > longest || isMistake ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}

/** All addresses of these networks. An IPv4 address also matches in its IPv6 form (`::ffff:10.0.0.7`). */
export function addressesOf(networks: readonly Network[]): BlockList {
  const addresses = new BlockList();
  for (const { address, family, prefix } of networks) addresses.addSubnet(address, prefix, family);
  return addresses;
}

/** Whether the address of a peer is among them. */
export function isAmong(addresses: BlockList, peer: string): boolean {
  const [address = ''] = peer.split('%', 1);
  const version = isIP(address);
  return version !== 0 && addresses.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
