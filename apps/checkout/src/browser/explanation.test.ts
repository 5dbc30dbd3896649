import { expect, test } from 'vitest';
import { messagesOf } from '../pages/messages/catalogue.ts';
import { englishTexts } from '../pages/messages/en.ts';
import { explain } from './explanation.ts';

const told = (step: Parameters<typeof explain>[0]) =>
  explain(step, { messages: messagesOf(englishTexts).script, tag: 'en' }, '$20.40');

test('a declined card says what to do, how often, and empties the security code', () => {
  expect(told({ do: 'decline', code: 'INSUFFICIENT_FUNDS', attemptsLeft: 3 })).toEqual({
    text: 'There is not enough money on this card. Try another card. You can try 3 more times.',
    clear: ['cvv'],
    focus: 'cardNumber',
  });
  expect(told({ do: 'decline', code: 'CARD_DECLINED', attemptsLeft: 1 }).text).toMatch(/You can try one more time\.$/);
  expect(told({ do: 'decline', code: 'CARD_DECLINED', attemptsLeft: undefined }).text).toMatch(/ask your bank why\.$/);
});

test('a wrong security code leads to its field', () => {
  expect(told({ do: 'decline', code: 'INVALID_CVV', attemptsLeft: 4 }).focus).toBe('cvv');
});

test('what is gone is asked for again, and nothing else', () => {
  expect(told({ do: 'retype', what: 'cvv' })).toMatchObject({ clear: ['cvv'], focus: 'cvv' });
  expect(told({ do: 'retype', what: 'card' }).clear).toHaveLength(3);
});

test('a new price is named, and the card stays as it is', () => {
  const { text, clear } = told({ do: 'ask-price', pricing: {} });
  expect(text).toContain('$20.40');
  expect(clear).toEqual([]);
});
