import { expect, test } from 'vitest';
import { languageFor } from '../language.ts';
import { addressForm } from './form.ts';

const inLanguage = (country: string, locale: string) => addressForm(country, languageFor({ locale }));

test('a country asks for the parts that its addresses have, in their order', () => {
  expect(inLanguage('US', 'en')).toMatchObject({
    order: ['lines', 'city', 'state', 'zip'],
    labels: { city: 'City', state: 'State', zip: 'ZIP code' },
    isStateRequired: true,
  });
  expect(inLanguage('DE', 'en')?.order).toEqual(['lines', 'zip', 'city']);
  expect(inLanguage('AE', 'en')).toMatchObject({ order: ['lines', 'state', 'city'], labels: { state: 'Emirate' } });
  expect(inLanguage('GB', 'en')).toMatchObject({ labels: { city: 'Town or city' }, zipExample: 'EC1Y 8SY' });
});

test('people of the country read their own names and order, everybody else reads Latin letters', () => {
  expect(inLanguage('JP', 'ja')?.order).toEqual(['zip', 'state', 'city', 'lines']);
  expect(inLanguage('JP', 'ja')?.states?.[0]).toEqual(['Hokkaido', '北海道']);
  expect(inLanguage('JP', 'de')?.states?.[0]).toEqual(['Hokkaido', 'Hokkaido']);
  expect(inLanguage('CN', 'zh-Hans')?.states?.[0]).toEqual(['Anhui Sheng', '安徽省']);
  expect(inLanguage('CN', 'zh-Hant')?.states?.[0]).toEqual(['Anhui Sheng', 'Anhui Sheng']);
});

test('a postal code in small letters has the right form, and one of another country has not', () => {
  const pattern = new RegExp(`^(?:${inLanguage('GB', 'en')?.zipPattern})$`, 'i');
  expect([pattern.test('ec1y 8sy'), pattern.test('94607')]).toEqual([true, false]);
});

test('what is no country has no form', () => {
  for (const code of ['XX', '', 'constructor', '__proto__']) expect(inLanguage(code, 'en')).toBeUndefined();
});
