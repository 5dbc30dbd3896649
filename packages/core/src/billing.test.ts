import { expect, test } from 'vitest';
import { billing, billingPlace, flatBilling } from './billing.ts';
import { Intake, type Reader } from './validation.ts';

const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const person = { firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+14155550134' };
const whole = { ...person, address };
const flat = {
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+14155550134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'CA',
  billingZipcode: '94607',
  billingCountry: 'US',
};

function failuresOf(read: Reader<unknown>, value: unknown, path: string): string[] {
  const intake = new Intake();
  read(value, path, intake);
  return intake.failures;
}

const at = (change: Record<string, unknown>) => ({ ...person, address: { ...address, ...change } });
const read = (value: unknown) => billing(value, 'billing', new Intake());
const failures = (value: unknown) => failuresOf(billing, value, 'billing');

test('clean billing details stay as they are', () => {
  expect(read(whole)).toEqual(whole);
  expect(failures(whole)).toEqual([]);
});

test('both shapes are read to the same details', () => {
  expect(flatBilling(flat, '', new Intake())).toEqual(whole);
  const withLine = flatBilling({ ...flat, billingAddress2: 'Floor 2' }, '', new Intake());
  expect(withLine).toEqual(read(at({ line2: 'Floor 2' })));
});

test('details are normalised: trimmed, country upper case, state to its code, phone to E.164', () => {
  const written = {
    ...person,
    firstName: ' Ines ',
    phone: ' +1 (415) 555-01.34 ',
    address: { ...address, line2: ' ', state: 'california', country: 'us' },
  };
  expect(read(written)).toEqual(whole);
});

test('a Canadian postal code gets its capital letters and its space', () => {
  expect(read(at({ country: 'CA', state: 'Ontario', zip: 'k1a0b1' }))?.address).toMatchObject({
    state: 'ON',
    zip: 'K1A 0B1',
  });
});

test('where state and postal code are not needed they are empty text', () => {
  const { state: _state, zip: _zip, ...rest } = address;
  expect(read({ ...person, address: { ...rest, country: 'HK' } })?.address).toEqual({
    ...rest,
    state: '',
    zip: '',
    country: 'HK',
  });
});

test.each([
  [{ ...whole, firstName: '' }, 'billing.firstName: must be 1-50 characters'],
  [{ ...whole, lastName: 7 }, 'billing.lastName: must be a string'],
  [{ ...whole, email: undefined }, 'billing.email: is required'],
  [{ ...whole, email: 'ines@' }, 'billing.email: must be a valid e-mail address'],
  [{ ...whole, email: 'ines@example' }, 'billing.email: must be a valid e-mail address'],
  [{ ...whole, email: 'a b@example.com' }, 'billing.email: must be a valid e-mail address'],
  [{ ...whole, email: `${'a'.repeat(64)}@${'b'.repeat(190)}.com` }, 'billing.email: must be 1-254 characters'],
  [{ ...whole, phone: '4155550134' }, 'billing.phone: must be an international number such as "+14155550134"'],
  [{ ...whole, phone: '+37 8282 246310005' }, 'billing.phone: must not contain a card number'],
  [{ ...whole, phone: '+123456' }, 'billing.phone: must be an international number such as "+14155550134"'],
  [{ ...person }, 'billing.address: is required'],
  [at({ line1: undefined }), 'billing.address.line1: is required'],
  [at({ line2: 'x'.repeat(101) }), 'billing.address.line2: must be at most 100 characters'],
  [at({ city: 'Oak\u0000land' }), 'billing.address.city: must not contain control characters'],
  [at({ state: undefined }), 'billing.address.state: is required'],
  [at({ state: '' }), 'billing.address.state: is required'],
  [at({ state: 'ZZ' }), 'billing.address.state: must be a state of US such as "NY"'],
  [at({ zip: undefined }), 'billing.address.zip: is required'],
  [at({ zip: '' }), 'billing.address.zip: is required'],
  [at({ zip: '9460' }), 'billing.address.zip: must be like 12345 or 12345-6789'],
  [at({ country: 'ß' }), 'billing.address.country: must be an ISO 3166-1 alpha-2 code such as "US"'],
  [at({ country: 'CA', state: 'ON', zip: '94607' }), 'billing.address.zip: must be like A1A 1A1'],
  [at({ country: 'DE', zip: 'x'.repeat(17) }), 'billing.address.zip: must be at most 16 characters'],
  [at({ country: 'DE', zip: ' ' }), 'billing.address.zip: is required'],
  [at({ country: 'DE', state: 'x'.repeat(51) }), 'billing.address.state: must be at most 50 characters'],
  [at({ country: 'ZZ' }), 'billing.address.country: must be an ISO 3166-1 alpha-2 code such as "US"'],
  [at({ country: null }), 'billing.address.country: is required'],
  ['x', 'billing: must be an object'],
])('%j is refused', (sent, failure) => {
  expect(failures(sent)).toEqual([failure]);
});

test('all failures of a flat request are noted, in the order of its fields', () => {
  expect(failuresOf(flatBilling, { ...flat, billingZipcode: 'x', billingEmail: 'x', billingState: '' }, '')).toEqual([
    'billingEmail: must be a valid e-mail address',
    'billingState: is required',
    'billingZipcode: must be like 12345 or 12345-6789',
  ]);
});

test('a quote needs only the place, by the same rules', () => {
  expect(billingPlace({ country: 'us', state: 'Texas', zip: '73301' }, 'billing', new Intake())).toEqual({
    country: 'US',
    state: 'TX',
    zip: '73301',
  });
  expect(failuresOf(billingPlace, { country: 'US', zip: '73301' }, 'billing')).toEqual(['billing.state: is required']);
});
