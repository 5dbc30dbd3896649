// The script of a field for a part of a card, on the hosted page, which says itself how each field looks.
import { CARD_KINDS } from './card-kinds.ts';
import { openElement } from './element.ts';

openElement(CARD_KINDS, ({ style }) => style);
