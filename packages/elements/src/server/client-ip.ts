// `getClientIp` (contract 10.7): the customer's address, from whatever kind of request a framework hands over.
import { isAddress, openRanges, plainAddress } from './ip-address.ts';

export interface ClientIpOptions {
  /** Addresses or CIDR ranges. On raw Node.js the headers are read only if the socket's peer is among them. */
  readonly trustedProxies?: readonly string[];
}

interface HeaderReader {
  get(name: string): string | null;
}

/** As much of a request as is looked at. */
export interface AddressedRequest {
  /** Express, Fastify. */
  readonly ip?: string | undefined;
  readonly headers?: HeaderReader | Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined } | null | undefined;
}

/** `""` when there is none: the sale proceeds without it. Never throws. */
export function getClientIp(request: AddressedRequest, options: ClientIpOptions = {}): string {
  const ip = plainAddress(request?.ip);
  if (ip !== undefined) return ip;
  const header = headersOf(request?.headers);
  const isFetch = typeof (request?.headers as HeaderReader | undefined)?.get === 'function';
  if (isFetch || options.trustedProxies === undefined) {
    return fromHeaders(header, (list) => list[0]) ?? plainAddress(request?.socket?.remoteAddress) ?? '';
  }
  const peer = plainAddress(request?.socket?.remoteAddress) ?? '';
  const isTrusted = openRanges(options.trustedProxies);
  if (!isTrusted(peer)) return peer;
  // Each proxy appends the peer that it saw: the last one that is none of ours is the customer.
  return fromHeaders(header, (list) => list.findLast((address) => !isTrusted(address))) ?? peer;
}

type Header = (name: string) => string;

function headersOf(headers: AddressedRequest['headers']): Header {
  return (name) => {
    if (headers == null) return '';
    const value =
      typeof headers.get === 'function'
        ? (headers as HeaderReader).get(name)
        : (headers as Record<string, string | string[]>)[name];
    return Array.isArray(value) ? value.join(',') : (value ?? '');
  };
}

function fromHeaders(header: Header, pick: (list: readonly string[]) => string | undefined): string | undefined {
  const forwarded = header('x-forwarded-for')
    .split(',')
    .map((entry) => plainAddress(entry) ?? entry.trim());
  const candidates = [header('cf-connecting-ip'), pick(forwarded), header('x-real-ip')];
  return candidates.map(plainAddress).find((address) => address !== undefined && isAddress(address));
}
