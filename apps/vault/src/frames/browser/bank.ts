// The two fields for a bank account.
import { parseAccountNumber, parseRoutingNumber } from '@ozura/core/card/bank';
import { digitsOf } from './caret.ts';
import { empty, type FieldKind, right, wrong } from './kind.ts';

const accountLengthMax = 17;
const routingLength = 9;

export const accountNumber: FieldKind = {
  format: (typed) => digitsOf(typed).slice(0, accountLengthMax),
  judge: (text) => {
    if (text === '') return empty;
    return parseAccountNumber(text) === undefined ? wrong('Invalid account number', false) : right;
  },
  values: (text) => ({ accountNumber: text }),
};

export const routingNumber: FieldKind = {
  format: (typed) => digitsOf(typed).slice(0, routingLength),
  judge: (text) => {
    if (text === '') return empty;
    return parseRoutingNumber(text) === undefined
      ? wrong('Invalid routing number', text.length === routingLength)
      : right;
  },
  values: (text) => ({ routingNumber: text }),
};
