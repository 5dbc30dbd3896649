import { expect, it } from 'vitest';
import { seal, unseal } from './protocol.ts';

it('opens what was sealed for the same vault', () => {
  expect(unseal(seal('v1', { type: 'focus' }), 'v1')).toMatchObject({ type: 'focus', vault: 'v1' });
  expect(unseal(seal('v1', { type: 'mount' }))).toMatchObject({ vault: 'v1' });
});

it.each([
  ['another vault', { ...seal('v2', { type: 'focus' }) }],
  ['another release', { ...seal('v1', { type: 'focus' }), oz: 2 }],
  ['no release', { type: 'focus', vault: 'v1' }],
  ['no vault', { type: 'focus', oz: 1 }],
  ['no type', { vault: 'v1', oz: 1 }],
  ['a type that is no text', { ...seal('v1', { type: 'focus' }), type: ['focus'] }],
  ['a text', '{"type":"focus"}'],
  ['nothing', null],
])('drops a message with %s', (_what, message) => {
  expect(unseal(message, 'v1')).toBeUndefined();
});
