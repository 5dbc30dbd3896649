// The cart (contract 1.1.2). Only price and quantity are counted with; the rest is shown to the customer.
import { plainlyCardless } from '@ozura/core/cardless';
import { formatMoney, maxMinor, parseMoney } from '@ozura/core/money';
import { onceEach } from '@ozura/core/once-each';
import {
  accepting,
  type Intake,
  integer,
  list,
  optional,
  type Reader,
  recordWithWarnings,
  required,
  text,
} from '@ozura/core/validation';
import { money } from './money.ts';
import type { CreateSettings } from './settings.ts';
import { imageUrl } from './web-address.ts';

export interface Item {
  readonly name: string;
  readonly priceMinor: bigint;
  readonly quantity: number;
  readonly productId?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly originalPriceMinor?: bigint | undefined;
  readonly discountLabel?: string | undefined;
  readonly description?: string | undefined;
  readonly sku?: string | undefined;
}

const itemsMax = 100;
const imageOriginsMax = 5;

const name = required(plainlyCardless(text(1, 200)));
const quantity = required(integer(1, 9999));
const productId = optional(plainlyCardless(text(1, 100)));
const discountLabel = optional(plainlyCardless(text(1, 40)));
const description = optional(plainlyCardless(text(0, 500, 'must be at most 500 characters')));
const sku = optional(plainlyCardless(text(0, 100, 'must be at most 100 characters')));

/** Of a currency; of one that could not be read it checks what any would. */
export const items = (settings: CreateSettings) =>
  onceEach((currency: string | undefined): Reader<Item[]> => {
    const readAll = list(item(settings, currency), 1, itemsMax);
    const read: Reader<Item[]> = (value, path, intake) => {
      const before = intake.failures.length;
      const cart = readAll(value, path, intake);
      if (cart === undefined || intake.failures.length > before) return undefined;
      return currency === undefined || fits(cart, currency, { path, intake }) ? cart : undefined;
    };
    return accepting(read, { as: () => readAll });
  });

export const totalOf = (cart: readonly Item[]): bigint =>
  cart.reduce((sum, { priceMinor, quantity: count }) => sum + priceMinor * BigInt(count), 0n);

function item(settings: CreateSettings, currency: string | undefined): Reader<Item> {
  const amount = money(parseMoney, currency);
  // Fields are read in their order: this is the price of the same item.
  let priceMinor: bigint | undefined;
  const price: Reader<bigint> = (...at) => {
    priceMinor = amount(...at);
    return priceMinor;
  };
  const originalPrice: Reader<bigint> = (value, path, intake) => {
    const minor = amount(value, path, intake);
    const isBelow = minor !== undefined && priceMinor !== undefined && minor < priceMinor;
    return isBelow ? intake.fail(path, 'must not be below price') : minor;
  };
  const read = recordWithWarnings(
    {
      name,
      price: required(accepting(price, { as: () => amount })),
      quantity,
      productId,
      imageUrl: optional(imageUrl(settings)),
      originalPrice: optional(accepting(originalPrice, { as: () => amount })),
      discountLabel,
      description,
      sku,
    },
    { about: { originalPrice: 'Shown beside the price; not below it.', discountLabel: 'Shown only.' } },
  );
  return accepting<Item>(
    (value, path, intake) => {
      priceMinor = undefined;
      const found = read(value, path, intake);
      if (found === undefined) return undefined;
      return {
        name: found.name,
        priceMinor: found.price,
        quantity: found.quantity,
        productId: found.productId,
        imageUrl: found.imageUrl,
        originalPriceMinor: found.originalPrice,
        discountLabel: found.discountLabel,
        description: found.description,
        sku: found.sku,
      };
    },
    { as: () => read },
  );
}

function fits(cart: readonly Item[], currency: string, at: { path: string; intake: Intake }): boolean {
  const total = totalOf(cart);
  const max = maxMinor(currency);
  if (total <= 0n) at.intake.fail(at.path, 'total must be greater than 0');
  else if (total > max) at.intake.fail(at.path, `total must be at most ${formatMoney(max, currency)} ${currency}`);
  else if (imageOrigins(cart).size > imageOriginsMax) {
    at.intake.fail(at.path, `at most ${imageOriginsMax} image origins`);
  } else return true;
  return false;
}

/** The hosted page's policy allows images from these and from nowhere else. An address in canonical form begins with it. */
function imageOrigins(cart: readonly Item[]): Set<string> {
  const origins = new Set<string>();
  for (const { imageUrl: url } of cart) if (url !== undefined) origins.add(url.slice(0, url.indexOf('/', afterScheme)));
  return origins;
}

const afterScheme = 'https://'.length;
