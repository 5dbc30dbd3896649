// The script of a field for a part of a card.
import type { CardField } from '@ozura/elements/protocol';
import { cardNumber } from './card-number.ts';
import { openElement } from './element.ts';
import { expirationDate } from './expiration-date.ts';
import { cvv } from './security-code.ts';

openElement<CardField>({ cardNumber, expirationDate, cvv });
