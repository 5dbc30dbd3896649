// `@ozura/elements/react`: one vault for the components below it, and a component for each field (contract 11.10).
import { createElement, type ReactElement } from 'react';
import { BANK_FIELDS, type BankField, CARD_FIELDS, type CardField } from '../protocol.ts';
import { Field, type FieldProps } from './field.ts';
import { FieldGroup, type FieldGroupProps } from './field-group.ts';

export { OzError, type OzErrorCode } from '../browser/oz-error.ts';
export type { FieldProps } from './field.ts';
export type { FieldGroupProps } from './field-group.ts';
export { OzElements, type OzElementsHandle, type OzElementsProps, useOzElements } from './provider.ts';

export const OzCardNumber = (props: FieldProps): ReactElement => createElement(Field, { ...props, type: 'cardNumber' });

export const OzExpiry = (props: FieldProps): ReactElement => createElement(Field, { ...props, type: 'expirationDate' });

export const OzCvv = (props: FieldProps): ReactElement => createElement(Field, { ...props, type: 'cvv' });

export const OzBankAccountNumber = (props: FieldProps): ReactElement =>
  createElement(Field, { ...props, type: 'accountNumber' });

export const OzBankRoutingNumber = (props: FieldProps): ReactElement =>
  createElement(Field, { ...props, type: 'routingNumber' });

/** Number, expiration date and security code. */
export const OzCard = (props: FieldGroupProps<CardField>): ReactElement =>
  createElement(FieldGroup, { label: 'Card', ...props, types: CARD_FIELDS });

/** Account number and routing number. */
export const OzBankCard = (props: FieldGroupProps<BankField>): ReactElement =>
  createElement(FieldGroup, { label: 'Bank account', ...props, types: BANK_FIELDS });
