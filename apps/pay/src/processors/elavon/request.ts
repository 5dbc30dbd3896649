// Requests to Converge: one form field, `xmldata`, with a document (integration guide 1.0.0, "XML API").
// https://developer.elavon.com/na/docs/converge/1.0.0/integration-guide/integration_methods/xmlapi
import { formatMoney } from '@ozura/core/money';
import { placeholder } from '../placeholders.ts';
import { plainText } from '../plain-text.ts';
import type { Access, AccountDay, ProcessorRequest, RefundInput, SaleInput } from '../port.ts';
import { type Fields, writeTxn } from './txn.ts';

/** Where to, and for whom. */
export interface Terminal {
  readonly url: string;
  readonly credentials: Access['credentials'];
}

const credential = ({ credentials }: Terminal, name: string): string | undefined => credentials[name]?.open();

/** In it a terminal books what names no currency. */
export const currencyOf = (terminal: Terminal): string => credential(terminal, 'terminalCurrency') ?? 'USD';

function request(terminal: Terminal, transactionType: string, fields: Fields): ProcessorRequest {
  const accountId = credential(terminal, 'accountId');
  const txn = writeTxn({
    // The same number under its newer name.
    ...(accountId === undefined
      ? { ssl_merchant_id: credential(terminal, 'merchantId') }
      : { ssl_account_id: accountId }),
    ssl_user_id: credential(terminal, 'userId'),
    ssl_pin: credential(terminal, 'pin'),
    ssl_transaction_type: transactionType,
    ...fields,
  });
  return {
    method: 'POST',
    url: terminal.url,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/xml' },
    body: `xmldata=${encodeURIComponent(txn)}`,
  };
}

const invoiceMax = 25;

/**
 * Both names go with a transaction and may come back with it: `ssl_merchant_txn_id` has 39 characters, and is not among
 * the members that the guide lists for every answer; `ssl_invoice_number` is, and has 25.
 */
const namesOf = (reference: string): Fields => ({
  ssl_merchant_txn_id: reference,
  ssl_invoice_number: invoiceOf(reference),
});

export const invoiceOf = (reference: string): string => reference.slice(-invoiceMax);

/** `ccsale`, authorised and captured in one. A surcharge has no field of its own: it is a part of the amount. */
export const saleRequest = (terminal: Terminal, input: SaleInput): ProcessorRequest =>
  request(terminal, 'ccsale', {
    ssl_amount: formatMoney(input.amountMinor, input.currency),
    ...(input.taxMinor > 0n ? { ssl_salestax: formatMoney(input.taxMinor, input.currency) } : {}),
    // Only terminals with the option "Multi-Currency" take it.
    ...(input.currency === currencyOf(terminal) ? {} : { ssl_transaction_currency: input.currency }),
    ...namesOf(input.reference),
    ssl_description: plainText(input.orderId ?? '', 255),
    ssl_card_number: placeholder('cardNumber'),
    ssl_exp_date: placeholder('expirationMonth') + placeholder('expirationYear2'),
    ssl_card_present: 'N',
    // 1: it is here; 9: it is not (there is no field for mail and telephone orders: a terminal has a market segment).
    ssl_cvv2cvc2_indicator: input.hasSecurityCode ? '1' : '9',
    ...(input.hasSecurityCode ? { ssl_cvv2cvc2: placeholder('cvc') } : {}),
    ...customerOf(input),
    ...descriptorOf(terminal, input),
    ...agreementOf(input),
  });

/** Lengths of "Supported Transaction Input Fields". An address that had to be respelled would be another address. */
function customerOf({ billing, clientIpAddress = '' }: SaleInput): Fields {
  const { address, email } = billing;
  return {
    ssl_first_name: plainText(billing.firstName, 20),
    ssl_last_name: plainText(billing.lastName, 30),
    ssl_avs_address: plainText(address.line1, 30),
    ssl_address2: plainText(address.line2 ?? '', 30),
    // Nine characters for up to nine digits.
    ssl_avs_zip: plainText(address.zip, 40)
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 9),
    ssl_city: plainText(address.city, 30),
    ssl_state: plainText(address.state, 30),
    ssl_country: plainText(address.country, 50),
    ssl_email: isPlain(email) && email.length <= 100 ? email : '',
    ssl_phone: plainText(billing.phone, 20),
    ssl_cardholder_ip: isPlain(clientIpAddress) ? clientIpAddress.slice(0, 40) : '',
  };
}

const isPlain = (text: string): boolean => /^[A-Za-z0-9@.:_+-]+$/.test(text);

/** Only terminals with the option "Dynamic DBA" take it, each in the length that it was set up with. */
function descriptorOf(terminal: Terminal, { descriptor }: SaleInput): Fields {
  const length = credential(terminal, 'descriptorLength') ?? '';
  return /^(12|17|21)$/.test(length) ? { ssl_dynamic_dba: plainText(descriptor, Number(length)) } : {};
}

/**
 * A merchant's own charge on a stored card ("Merchant Hosted Card On File"): approval code and PS2000 data of the
 * customer's charge, and the recurring flag 1. A reference from another processor is none here.
 */
function agreementOf({ initiator, networkReference = '' }: SaleInput): Fields {
  if (initiator === 'customer') return {};
  const [, approvalCode, ps2000, oar] = /^(\w{1,6})\|(\w{1,22})\|(\w{0,60})$/.exec(networkReference) ?? [];
  return {
    ssl_recurring_flag: '1',
    ssl_approval_code: approvalCode,
    ssl_ps2000_data: ps2000,
    ssl_oar_data: oar,
  };
}

/** `ccreturn`: the whole of a sale or a part of it, on the card of the sale and in its currency. */
export const returnRequest = (terminal: Terminal, input: RefundInput): ProcessorRequest =>
  request(terminal, 'ccreturn', {
    ssl_txn_id: input.saleTransactionId,
    ssl_amount: formatMoney(input.amountMinor, input.currency),
    ...namesOf(input.reference),
  });

/** `ccvoid`, by Converge's own id only. */
export const voidRequest = (terminal: Terminal, transactionId: string): ProcessorRequest =>
  request(terminal, 'ccvoid', { ssl_txn_id: transactionId });

/** `txnquery` takes our reference since it takes `ssl_merchant_txn_id`, alone. */
export const queryRequest = (terminal: Terminal, reference: string): ProcessorRequest =>
  request(terminal, 'txnquery', { ssl_merchant_txn_id: reference });

/** Dates are those of the terminal unless asked for in UTC, and an end without a time is its beginning. */
export const dayRequest = (terminal: Terminal, { day }: AccountDay): ProcessorRequest =>
  request(terminal, 'txnquery', {
    ssl_search_start_date: usDate(day),
    ssl_search_end_date: usDate(dayAfter(day)),
    ssl_time_zone_request_utc: 'Y',
    ssl_time_zone_response_utc: 'Y',
  });

const usDate = (day: string): string => day.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$2/$3/$1');
const dayAfter = (day: string): string => new Date(Date.parse(day) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
