// The script of a field for a part of a card, on a merchant's own page.
import { merchantStyle } from './appearance.ts';
import { CARD_KINDS } from './card-kinds.ts';
import { openElement } from './element.ts';

openElement(CARD_KINDS, merchantStyle);
