// The security code of a test token (contract 7.2). It is kept under a persistent key and read as often as it is asked
// for, which is allowed for test cards only: their codes mean nothing.
import type { RandomBytes } from '@ozura/core/ids';
import { type Place, sealText, unsealText, type VersionedKey } from '@ozura/kit/envelope';
import type { CvcOwner } from './cvc.ts';

const PREFIX = 'cvc_test_';
const SHAPE = /^cvc_test_[A-Za-z0-9_-]{43}$/;
const secretBytes = 32;

export const newTestHandle = (random: RandomBytes): string =>
  PREFIX + Buffer.from(random(secretBytes)).toString('base64url');

export const isTestHandle = (handle: string): boolean => SHAPE.test(handle);

const placeOf = ({ merchantId, token }: CvcOwner): Place => ({ merchantId, row: token, field: 'test-code' });

export const sealTestCode = (key: VersionedKey, digits: string, owner: CvcOwner, random: RandomBytes): Uint8Array =>
  sealText(key, digits, placeOf(owner), random);

export const unsealTestCode = (key: VersionedKey, sealed: Uint8Array, owner: CvcOwner): string =>
  unsealText(key, sealed, placeOf(owner));
