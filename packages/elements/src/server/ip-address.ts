// IPv4 and IPv6 addresses as numbers, on any runtime.
import { urlOf } from '../url.ts';

const mappedPrefix = 0xffffn << 32n;

/** Without surrounding spaces and without `::ffff:`; `undefined` for what is no address. */
export function plainAddress(text: string | undefined | null): string | undefined {
  const address = (text ?? '').trim().replace(/^::ffff:(?=[0-9]+\.)/i, '');
  return isAddress(address) ? address : undefined;
}

export const isAddress = (text: string): boolean => numberOf(text) !== undefined;

/** Whether an address is one of `ranges`: addresses or CIDR ranges. Throws for one that is neither. */
export function openRanges(ranges: readonly string[]): (address: string) => boolean {
  const parsed = ranges.map(parseRange);
  return (address) => {
    const number = numberOf(address);
    return number !== undefined && parsed.some(({ first, last }) => number >= first && number <= last);
  };
}

function parseRange(range: string): { readonly first: bigint; readonly last: bigint } {
  const [address = '', prefix] = range.trim().split('/');
  const number = numberOf(address);
  const bits = address.includes(':') ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (number === undefined || !/^[0-9]{1,3}$/.test(prefix ?? '0') || length > bits) {
    throw new TypeError(`trustedProxies: ${range} is neither an address nor a CIDR range`);
  }
  const hosts = 1n << BigInt(bits - length);
  const first = number - (number % hosts);
  return { first, last: first + hosts - 1n };
}

/** IPv4 as the IPv6 address that it is mapped to, so that both are of one kind. */
function numberOf(text: string): bigint | undefined {
  if (!text.includes(':')) {
    const four = fourBytes(text);
    return four === undefined ? undefined : mappedPrefix + four;
  }
  // The URL parser writes the canonical form, with at most one `::`.
  const canonical = /^[0-9a-f:.]+$/i.test(text) ? urlOf(`http://[${text}]`)?.hostname.slice(1, -1) : undefined;
  if (canonical === undefined) return undefined;
  const [head = '', tail] = canonical.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function fourBytes(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}
