// A provider over HTTP: a small program of the operator's, in front of whatever tax engine he uses.
// `POST {url} {merchantId, currency, amount, country, state, postalCode}` → 200 `{tax}`, both amounts decimal strings.
import type { Send } from '@ozura/contract/client';
import { formatMoney, parseMoney } from '@ozura/core/money';
import { isObject } from '@ozura/core/validation';
import { type TaxProvider, taxTimeoutMs } from './port.ts';

export const askRemotely =
  (send: Send, url: string): TaxProvider =>
  async ({ merchantId, currency, taxableMinor, place }) => {
    const { status, text } = await send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        merchantId,
        currency,
        amount: formatMoney(taxableMinor, currency),
        country: place.country,
        state: place.state,
        postalCode: place.zip,
      }),
      timeoutMs: taxTimeoutMs,
    });
    if (status !== 200) throw new Error(`the tax provider answers ${status}`);
    const body: unknown = JSON.parse(text);
    const parsed = parseMoney(isObject(body) ? body.tax : undefined, currency);
    if ('reason' in parsed) throw new Error(`the tax provider answers a tax that ${parsed.reason}`);
    return parsed.minor;
  };
