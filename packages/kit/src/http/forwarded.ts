// `X-Forwarded-For` as proxies write it (contract 0.9): some put the port behind an address, or brackets around it, and some
// a word where they do not know it.
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** For a server behind proxies: so that one client is one address, whatever port it comes from. */
export function readForwarded(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const { 'x-forwarded-for': sent } = headers;
    if (typeof sent === 'string') headers['x-forwarded-for'] = plainForwarded(sent);
    done();
  });
}

/** The addresses of the header that can be told. What is none ends them: nobody knows who came before it. */
function plainForwarded(header: string): string {
  const addresses = header.split(',').map(plainAddress);
  return addresses.slice(addresses.lastIndexOf(undefined) + 1).join(', ');
}

function plainAddress(written: string): string | undefined {
  const [, ipv4, ipv6] = /^(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]+)?$/.exec(written.trim()) ?? [];
  const address = ipv4 ?? ipv6 ?? written.trim();
  return isIP(address) === 0 ? undefined : address;
}
