// Which fields the simulated Converge takes, how long, and in which calls (integration guide 1.0.0, "Supported Transaction
// Input Fields").
import { passesLuhn } from '@ozura/core/card/luhn';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import type { Fault, Fields } from './documents.ts';

const LENGTHS: Readonly<Record<string, number>> = {
  ssl_merchant_id: 15,
  ssl_account_id: 15,
  ssl_user_id: 15,
  ssl_pin: 64,
  ssl_transaction_type: 20,
  ssl_amount: 11,
  ssl_salestax: 11,
  ssl_transaction_currency: 3,
  ssl_merchant_txn_id: 39,
  ssl_invoice_number: 25,
  ssl_description: 255,
  ssl_card_number: 19,
  ssl_exp_date: 4,
  ssl_card_present: 1,
  ssl_cvv2cvc2_indicator: 1,
  ssl_cvv2cvc2: 4,
  ssl_first_name: 20,
  ssl_last_name: 30,
  ssl_avs_address: 30,
  ssl_address2: 30,
  ssl_avs_zip: 9,
  ssl_city: 30,
  ssl_state: 30,
  ssl_country: 50,
  ssl_email: 100,
  ssl_phone: 20,
  ssl_cardholder_ip: 40,
  ssl_dynamic_dba: 21,
  ssl_recurring_flag: 1,
  ssl_approval_code: 6,
  ssl_ps2000_data: 22,
  ssl_oar_data: 60,
  ssl_txn_id: 46,
  ssl_search_start_date: 22,
  ssl_search_end_date: 22,
  ssl_time_zone_request_utc: 1,
  ssl_time_zone_response_utc: 1,
};

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ccsale: ['ssl_amount', 'ssl_card_number', 'ssl_exp_date'],
  ccreturn: ['ssl_txn_id', 'ssl_amount'],
  ccvoid: ['ssl_txn_id'],
  txnquery: [],
};

/** `undefined` when nothing is wrong with it. */
export function faultOf(fields: Fields, nowMs: number): Fault | undefined {
  const { ssl_transaction_type: type = '' } = fields;
  const needed = NEEDED[type.toLowerCase()];
  return (
    credentialsFault(fields) ??
    (needed === undefined ? 4010 : undefined) ??
    (needed?.some((name) => !fields[name]) ? 4009 : undefined) ??
    shapeFault(fields) ??
    cardFault(fields, nowMs)
  );
}

function credentialsFault(fields: Fields): Fault | undefined {
  const { ssl_merchant_id, ssl_account_id = ssl_merchant_id, ssl_user_id, ssl_pin } = fields;
  if (!ssl_account_id) return 4000;
  if (!ssl_user_id) return 4019;
  if (!ssl_pin) return 4013;
  const { merchantId, userId, pin } = SIMULATED_CREDENTIALS.elavon;
  return ssl_account_id === merchantId && ssl_user_id === userId && ssl_pin === pin ? undefined : 4025;
}

// Digits, separators and letters that any card network takes.
const PLAIN = /^[\x20-\x7e]*$/;

function shapeFault(fields: Fields): Fault | undefined {
  const entries = Object.entries(fields);
  if (entries.some(([name, text]) => LENGTHS[name] === undefined || !PLAIN.test(text))) return 3003;
  return entries.some(([name, text]) => text.length > (LENGTHS[name] ?? 0)) ? 5005 : undefined;
}

function cardFault(fields: Fields, nowMs: number): Fault | undefined {
  const { ssl_card_number: number, ssl_exp_date: expiry = '', ssl_cvv2cvc2: code } = fields;
  const { ssl_cvv2cvc2_indicator: indicator = '0', ssl_recurring_flag: recurring } = fields;
  if (number === undefined) return undefined;
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) return 5000;
  if (!isFuture(expiry, nowMs)) return 5001;
  if (code !== undefined && indicator !== '1') return 4006;
  if (indicator === '1' && code === undefined) return 4007;
  return recurring === '1' && !fields.ssl_ps2000_data ? 4009 : undefined;
}

function isFuture(expiry: string, nowMs: number): boolean {
  const [, month, year] = /^(0[1-9]|1[0-2])(\d\d)$/.exec(expiry) ?? [];
  return month !== undefined && Date.UTC(2000 + Number(year), Number(month), 1) > nowMs;
}
