// Tells whether two tokens of one merchant stand for the same number, to nobody without the merchant's key.
import { createHmac, type KeyObject } from 'node:crypto';

/** HMAC-SHA-256 over the whole number, hex (contract 7.1). */
export const fingerprintOf = (key: KeyObject, digits: string): string =>
  createHmac('sha256', key).update(digits).digest('hex');
