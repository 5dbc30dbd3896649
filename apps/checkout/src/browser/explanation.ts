// What the customer is told after an attempt that may be repeated, and which card field comes next. Pure.

import type { CardField } from '@ozura/elements/protocol';
import { fill, fillCounted, type ScriptMessages } from '../pages/messages/catalogue.ts';
import type { PayStep } from './pay-step.ts';

export interface Explanation {
  readonly text: string;
  /** Card fields to empty: a security code is never used twice. The first card field to type into gets the focus. */
  readonly clear: readonly CardField[];
  readonly focus?: CardField;
}

const WHOLE_CARD: readonly CardField[] = ['cardNumber', 'expirationDate', 'cvv'];

export interface Wording {
  readonly messages: ScriptMessages;
  /** Language tag of the page. */
  readonly tag: string;
}

export function explain(step: PayStep, wording: Wording, totalText: string): Explanation {
  const { messages } = wording;
  switch (step.do) {
    case 'decline':
      return {
        text: `${messages.declined[step.code]} ${attemptsText(step.attemptsLeft, wording)}`.trim(),
        clear: ['cvv'],
        focus: step.code === 'INVALID_CVV' ? 'cvv' : 'cardNumber',
      };
    case 'retype':
      return step.what === 'cvv'
        ? { text: messages.retypeCvv, clear: ['cvv'], focus: 'cvv' }
        : { text: messages.retypeCard, clear: WHOLE_CARD, focus: 'cardNumber' };
    case 'ask-price':
      return { text: fill(messages.priceChanged, { amount: totalText }), clear: [] };
    case 'say':
      return { text: messages[step.sentence], clear: [] };
    default:
      return { text: messages.tryAgain, clear: [] };
  }
}

function attemptsText(left: number | undefined, { messages, tag }: Wording): string {
  if (left === undefined) return '';
  return left === 1 ? messages.attemptsLeftOne : fillCounted(messages.attemptsLeft, left, { tag });
}
