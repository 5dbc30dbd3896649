import { expect, it } from 'vitest';
import { checkBilling } from './billing.ts';

const details = {
  firstName: ' Ada ',
  lastName: 'Lovelace',
  email: 'ada@example.com',
  phone: '+1 (415) 555-0134',
  address: { line1: '1 Main St', city: 'New York', state: 'New York', zip: '10001', country: 'us' },
};

it('normalises billing details', () => {
  expect(checkBilling(details)).toEqual({
    ...details,
    firstName: 'Ada',
    phone: '+14155550134',
    address: { ...details.address, state: 'NY', country: 'US' },
  });
});

it('names the first field that is wrong', () => {
  const wrong = { ...details, email: 'ada', address: { ...details.address, zip: 'x' } };
  expect(checkBilling(wrong)).toEqual({ kind: 'field', text: 'billing.email: must be a valid e-mail address' });
  expect(checkBilling('x')).toEqual({ kind: 'field', text: 'billing: must be an object' });
});
