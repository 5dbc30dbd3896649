// Links in Worldpay's answers. They are followed at the host that was asked, wherever they point.
import { isObject } from '@ozura/core/validation';
import type { Account } from './request.ts';

const longest = 2_000;

/** Path and query of a link of ours to the same host; `undefined` for any other. */
function pathOf({ url }: Account, href: unknown): string | undefined {
  if (typeof href !== 'string' || href.length > longest || !URL.canParse(href, url)) return undefined;
  const { origin, pathname, search } = new URL(href, url);
  return origin === new URL(url).origin ? pathname + search : undefined;
}

/** By its name in `_links` (HAL) or `_actions`. */
export function linkNamed(account: Account, body: unknown, names: readonly string[]): string | undefined {
  if (!isObject(body)) return undefined;
  const links = { ...(isObject(body._links) ? body._links : {}), ...(isObject(body._actions) ? body._actions : {}) };
  for (const name of names) {
    const link = links[name];
    const path = isObject(link) ? pathOf(account, link.href) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

/** The payment's own path, below which the Payments API has its actions. */
export function paymentLink(account: Account, body: unknown): string | undefined {
  const path = linkNamed(account, body, ['self']);
  return path !== undefined && isPaymentLink(path) ? path : undefined;
}

/** Only such a one is sent to, wherever it was kept meanwhile. */
export const isPaymentLink = (path: string): boolean => /^\/api\/payments\/[^/?#\\]+$/.test(path);
