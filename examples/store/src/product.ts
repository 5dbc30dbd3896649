// The one thing this shop sells.

export const product = {
  id: 'kettle-12',
  name: 'Enamel kettle, 1.2 litre',
  priceCents: 4_600,
  currency: 'USD',
} as const;

export const quantityMax = 5;

export const totalCents = (quantity: number): number => product.priceCents * quantity;

/** As the Checkout API writes amounts: `46.00`. Whole cents, so no rounding takes part. */
export const decimal = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** As a customer reads them: `$46.00`. */
export const price = (cents: number): string => `$${decimal(cents)}`;
