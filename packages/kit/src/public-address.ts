// Which addresses a server may be sent to on somebody's word: public ones only (contract 7.4). The special-purpose
// registries of IANA (RFC 6890) name the rest.
import { BlockList, isIP } from 'node:net';

const special = new BlockList();
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's platform, metadata included, behind an address like any other.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
// Inside the one block of global addresses, 2000::/3: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
for (const [ranges, family] of [[SPECIAL_IPV4, 'ipv4'] as const, [SPECIAL_IPV6, 'ipv6'] as const]) {
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    special.addSubnet(net, Number(bits), family);
  }
}
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Only global unicast. Every way to write an IPv4 address in IPv6 lies outside of that, or in 6to4. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

export const isLoopbackAddress = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
};
