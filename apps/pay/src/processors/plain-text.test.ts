import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['José Núñez', 'Jose Nunez'],
  ['Größe & Söhne', 'Grosse and Sohne'],
  ['Łódź Ærø Þór', 'Lodz AEro Thor'],
  ['O’Brien – Sons', "O'Brien - Sons"],
  ['Ａｎｎ', 'Ann'],
  ['Ann 🎉 Lee', 'Ann Lee'],
  ['Москва', ''],
  [`<b>${'$'}{cardNumber}</b>`, 'b cardNumber /b'],
  ['line\r\nbreak\u0000', 'line break'],
])('%s becomes %s', (text, plain) => {
  expect(plainText(text, 30)).toBe(plain);
});

test('it is cut at the length, and never ends with a space', () => {
  expect(plainText('abc def', 4)).toBe('abc');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, max) => {
      const plain = plainText(text, max);
      expect(plain.length).toBeLessThanOrEqual(max);
      expect(plain).toMatch(/^([A-Za-z0-9.,'#/()@:_+-]( ?[A-Za-z0-9.,'#/()@:_+-])*)?$/);
    }),
  );
});
