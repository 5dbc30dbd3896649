// What our services say, in words for the customer (contract 11.9). Pure: a page may use them on what its own server
// passes on.

/** A text for the customer, and the services' texts that it stands for. */
type Texts = readonly (readonly [text: string, ...raw: string[]])[];

const BOTH: Texts = [
  [
    'Too many tries. Wait a minute and try again.',
    'Rate limit exceeded',
    'Too many requests',
    'Too many failed attempts',
  ],
];
const CARD: Texts = [
  ['Check the card number.', 'Invalid card number'],
  ['Check the security code.', 'Invalid value for cvv', 'Security code does not match'],
  ['This card has expired. Use another card.', 'Card has expired'],
];
const VAULT: Texts = [
  ['Check the expiration date.', 'Invalid value for expirationMonth', 'Invalid value for expirationYear'],
  ['Only test cards are accepted here.', 'Test mode accepts test cards only'],
  ['Test cards are not accepted here.', 'Test cards are not accepted in live mode'],
];
const BANK: Texts = [
  ['Check the account number.', 'Invalid account number'],
  ['Check the routing number.', 'Invalid routing number'],
];
/** Where money may have moved, nobody is asked to try again. */
const SALE: Texts = [
  ['The card was declined. Use another card.', 'Card declined', 'This card is not supported', 'Card limit exceeded'],
  ['The card has insufficient funds. Use another card.', 'Insufficient funds'],
  ['Your bank did not allow this. Use another card.', 'The bank requires authentication that is not available'],
  ['Check the billing address.', 'Address verification failed'],
  ['Enter the card again.', 'CVC session expired or not found', 'Token not found'],
  ['The total has changed. Check it and pay again.', 'The total has changed'],
  ['No payment was made. Try again later.', 'Payment processor unavailable'],
  [
    'Your payment is being checked. Do not pay again.',
    'The outcome of this payment is not known yet',
    'Another payment of this order is not decided yet',
    'A request with this idempotency key is still running',
  ],
];

/** Of `createToken`. */
export const normalizeVaultError = (raw: string): string =>
  textFor(raw, BOTH, CARD, VAULT) ?? 'The card could not be saved. Try again or use another card.';

/** Of `createBankToken`. */
export const normalizeBankVaultError = (raw: string): string =>
  textFor(raw, BOTH, BANK) ?? 'The bank account could not be saved. Check it and try again.';

/** Of a sale: `error` in the answer of your server or of Pay. */
export const normalizeCardSaleError = (raw: string): string =>
  textFor(raw, BOTH, CARD, SALE) ?? 'The payment was not completed. Contact us before you pay again.';

const textFor = (raw: string, ...tables: Texts[]): string | undefined =>
  tables.flat().find(([, ...all]) => all.includes(raw))?.[0];
