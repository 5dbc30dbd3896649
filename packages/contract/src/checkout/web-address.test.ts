// Addresses that are taken as they are, without a parser, are those that the parser leaves as they are.
import { Intake } from '@ozura/core/validation';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnUrl } from './web-address.ts';

const pieces = (...of: readonly string[]) =>
  fc.array(fc.constantFrom(...of), { maxLength: 8 }).map((chosen) => chosen.join(''));

const host = pieces(
  ...['shop', '.', '.', '-', '--', '_', 'xn--', 'xn--a', '1', '127', '0x1', 'A', 'é', '@', ':8080', 'a'.repeat(130)],
);
const rest = pieces(
  ...['/', '//', '/./', '/..', '.', '%2e', '?', '#', '=', '&', '-', '_', '~', '1', 'a', 'A', 'é'],
  ...['@', ':', '\\', ' ', "'", '"', '{', '^', '|', '\t', '\u00a0', 'b/'.repeat(90)],
);
const scheme = fc.constantFrom('https://', 'https://', 'http://', 'HTTPS://', '//', '');

const address = fc
  .tuple(
    scheme,
    fc.oneof(host, fc.constantFrom('shop', 'localhost')),
    fc.constantFrom('', '.example'),
    fc.oneof(rest, fc.constant('/')),
  )
  .map((parts) => parts.join(''));

function readWith(hosts: readonly string[], written: string) {
  const intake = new Intake();
  const settings = { mode: 'test', checkoutUrl: '', currencies: new Set<string>(), now: () => 0 } as const;
  const read = returnUrl({ ...settings, allowedReturnHosts: () => [] }, () => hosts);
  return { url: read(written, 'successUrl', intake), failures: intake.failures };
}

test('an address is read alike whether or not the merchant has hosts, for which it must be parsed', () => {
  let taken = 0;
  fc.assert(
    fc.property(address, (written) => {
      const own = URL.parse(written.trim())?.host ?? 'none';
      const parsed = readWith([own], written);
      expect(readWith([], written)).toEqual(parsed);
      if (parsed.url === written) taken += 1;
    }),
    { numRuns: 5_000 },
  );
  expect(taken).toBeGreaterThan(500);
});
