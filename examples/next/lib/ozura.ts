// The shop's client of Ozura, and what its goods cost. Keys and addresses come from the environment: see README.md.
import { Ozura } from '@ozura/elements/server';

/** Made at the first request: `next build` has no keys. */
export function openOzura(): Ozura {
  const { MERCHANT_ID, MERCHANT_API_KEY, VAULT_API_KEY, OZURA_PAY_URL, OZURA_VAULT_URL } = process.env;
  return new Ozura({
    merchantId: MERCHANT_ID,
    apiKey: MERCHANT_API_KEY,
    vaultKey: VAULT_API_KEY ?? '',
    apiUrl: OZURA_PAY_URL,
    vaultUrl: OZURA_VAULT_URL,
  });
}

const prices: Readonly<Record<string, string>> = { kettle: '46.00' };

/** The shop's own price: what the page says it costs is the customer's choice. */
export function priceOf(product: unknown): string {
  const price = prices[String(product)];
  if (price === undefined) throw new Error('there is no such product');
  return price;
}
