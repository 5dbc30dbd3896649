// What stands in the card fields before anything is typed: on the page that is paid, and on its preview.
import type { CardField } from '@ozura/elements/protocol';

/** `expiry` in the language of the page. */
export const cardPlaceholders = (expiry: string): Readonly<Record<CardField, string>> => ({
  cardNumber: '1234 1234 1234 1234',
  expirationDate: expiry,
  cvv: '123',
});
