import { Intake } from '@ozura/core/validation';
import { expect, test } from 'vitest';
import { readPhone } from './phone.ts';

test.each([
  ['(415) 555-0134', 'US', '+14155550134'],
  ['1 415 555 0134', 'CA', '+14155550134'],
  ['+44 20 7946 0958', 'US', '+442079460958'],
  ['0044 20 7946 0958', 'GB', '+442079460958'],
  ['020 7946 0958', 'GB', '+442079460958'],
  ['030 901820', 'DE', '+4930901820'],
  ['06 12 34 56 78', 'FR', '+33612345678'],
  ['090-1234-5678', 'JP', '+819012345678'],
  ['٠٥٠١٢٣٤٥٦٧', 'SA', '+966501234567'],
  ['+61 491 570 156', 'AQ', '+61491570156'],
])('%s in %s is %s', (written, country, expected) => {
  expect(readPhone(written, country, new Intake())).toBe(expected);
});

test.each([
  ['555 0134', 'US'],
  ['call me', 'GB'],
  ['12', 'DE'],
  ['491570156', 'AQ'],
  ['', 'US'],
  ['1234', 'DE'],
  ['030 1111111111111', 'DE'],
])('%s in %s is no number', (written, country) => {
  const intake = new Intake();
  expect(readPhone(written, country, intake)).toBeUndefined();
  expect(intake.failures).toEqual(['billing.phone: must be an international number such as "+14155550134"']);
});
