// Shapes of public identifiers and keys (contract 0.2 and 0.5). Pure: the caller brings time and random bytes.

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Crockford base32: no I, L, O, U, so a person can read a reference aloud. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `count` random bytes from a cryptographic source. */
export type RandomBytes = (count: number) => Uint8Array;

/** So that one look for bytes is mostly enough, though some are thrown away. */
const spareBytes = 4;

/** `length` uniform characters. Bytes past the largest multiple of the alphabet are thrown away, so none is favoured. */
export function randomText(random: RandomBytes, length: number, alphabet: string = BASE62): string {
  const bound = 256 - (256 % alphabet.length);
  // Made at once: text that grows letter by letter is a chain of pieces, joined when it is first read.
  const codes: number[] = [];
  while (codes.length < length) {
    for (const byte of random(length - codes.length + spareBytes)) {
      if (byte < bound && codes.length < length) codes.push(alphabet.charCodeAt(byte % alphabet.length));
    }
  }
  return String.fromCharCode(...codes);
}

/** Eight base62 characters of a time in ms: ids that begin with it sort by creation, which keeps indexes local. */
function timeText(nowMs: number): string {
  let rest = nowMs;
  let text = '';
  for (let i = 0; i < 8; i += 1) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

const timed = (prefix: string, nowMs: number, random: RandomBytes): string =>
  prefix + timeText(nowMs) + randomText(random, 22);

/** Nothing else is worth asking the database about. */
export const isSessionId = (text: string): boolean => /^session_[0-9A-Za-z]{30}$/.test(text);
/** What a log may say of one: enough to find it by, not enough to open it with. In ASCII, or the line would be twice as long. */
export const shownSessionId = (id: string): string => `${id.slice(0, 20)}...`;
export const newSessionId = (nowMs: number, random: RandomBytes): string => timed('session_', nowMs, random);
/** 128 bits in hex. */
export const newPaymentLinkId = (random: RandomBytes): string =>
  `pl_${Array.from(random(16), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
export const isPaymentLinkId = (text: string): boolean => /^pl_[0-9a-f]{32}$/.test(text);
export const newTokenId = (nowMs: number, random: RandomBytes): string => timed('tok_', nowMs, random);
export const newChargeId = (random: RandomBytes): string => `chg_${randomText(random, 22)}`;
export const newPlanId = (random: RandomBytes): string => `plan_${randomText(random, 22)}`;
export const newRequestId = (random: RandomBytes): string => `req_${randomText(random, 22)}`;
export const newMerchantId = (random: RandomBytes): string => `ozu_${randomText(random, 16)}`;
/** The name of a merchant key, not the key. */
export const newMerchantKeyId = (random: RandomBytes): string => `mkey_${randomText(random, 22)}`;
export const newEventId = (random: RandomBytes): string => `evt_${randomText(random, 22)}`;
export const newWebhookEndpointId = (random: RandomBytes): string => `we_${randomText(random, 22)}`;

/** Transaction and attempt ids, also the reference sent to a processor: UTC date and 20 Crockford characters. */
export function newReference(nowMs: number, random: RandomBytes): string {
  return new Date(nowMs).toISOString().slice(2, 10).replaceAll('-', '') + randomText(random, 20, CROCKFORD);
}

export type Mode = 'test' | 'live';

const KEY_BODY = 43;

export const newVaultKey = (app: string, mode: Mode, random: RandomBytes): string =>
  `key_${app}_${mode}_pvt_${randomText(random, KEY_BODY)}`;
export const newMerchantKey = (mode: Mode, random: RandomBytes): string => `mk_${mode}_${randomText(random, KEY_BODY)}`;
export const newPubKey = (mode: Mode, random: RandomBytes): string =>
  `pk_${mode === 'test' ? 'test' : 'prod'}_${randomText(random, KEY_BODY)}`;
export const newSessionKey = (random: RandomBytes): string => `vs_${randomText(random, KEY_BODY)}`;
export const newPageCredential = (random: RandomBytes): string => `pc_${randomText(random, KEY_BODY)}`;
export const newServiceKey = (random: RandomBytes): string => `svc_${randomText(random, KEY_BODY)}`;
export const newAdminToken = (random: RandomBytes): string => `adm_${randomText(random, KEY_BODY)}`;
