// The fields for the parts of a card.
import type { CardField } from '@ozura/elements/protocol';
import { cardNumber } from './card-number.ts';
import { expirationDate } from './expiration-date.ts';
import type { FieldKind } from './kind.ts';
import { cvv } from './security-code.ts';

export const CARD_KINDS: Readonly<Record<CardField, FieldKind>> = { cardNumber, expirationDate, cvv };
