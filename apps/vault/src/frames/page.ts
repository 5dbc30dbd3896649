// The documents of the frames and their headers (contract 2.7 and 11.7). The Vault's address comes from here, and so
// does the list of pages that a frame listens to: its page has no say in either.

import { BANK_FIELDS, type FieldType } from '@ozura/elements/protocol';
import { type BrowserFile, bundle } from '@ozura/kit/bundle';
import { type Html, html } from '@ozura/kit/html';
import type { Ancestors } from './ancestors.ts';
import { ENGLISH, type FrameLanguage } from './language.ts';

interface FieldPage {
  readonly label: string;
  readonly autocomplete: string;
  /** Which of the translated errors are its own. */
  readonly errors: RegExp;
}

const FIELDS: Readonly<Record<FieldType, FieldPage>> = {
  cardNumber: { label: 'Card number', autocomplete: 'cc-number', errors: /card number|required/i },
  expirationDate: { label: 'Expiration date', autocomplete: 'cc-exp', errors: /expir|required/i },
  cvv: { label: 'Security code', autocomplete: 'cc-csc', errors: /security code|required/i },
  accountNumber: { label: 'Account number', autocomplete: 'off', errors: /required/ },
  routingNumber: { label: 'Routing number', autocomplete: 'off', errors: /required/ },
};

export interface FrameFacts {
  readonly vaultUrl: string;
  readonly ancestors: Ancestors;
  readonly language: FrameLanguage;
}

export interface FramePage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const bundleFrames = () => ({
  bankElement: bundle(new URL('./browser/bank-element.ts', import.meta.url)),
  hostedCardElement: bundle(new URL('./browser/hosted-card-element.ts', import.meta.url)),
  merchantCardElement: bundle(new URL('./browser/merchant-card-element.ts', import.meta.url)),
  hostedTokenizer: bundle(new URL('./browser/hosted-tokenizer.ts', import.meta.url)),
  merchantTokenizer: bundle(new URL('./browser/merchant-tokenizer.ts', import.meta.url)),
  style: bundle(new URL('./browser/frame.css', import.meta.url)),
});

export type FrameFiles = ReturnType<typeof bundleFrames>;

/** `undefined`: there is no frame of this name. */
export function framePage(name: string, files: FrameFiles, facts: FrameFacts): FramePage | undefined {
  const drawn = name === 'tokenizer' ? drawTokenizer(files, facts) : drawField(name, files, facts);
  if (drawn === undefined) return undefined;
  const { script, body } = drawn;
  return { headers: frameHeaders(script.integrity, facts), body: body.text };
}

interface Drawn {
  readonly script: BrowserFile;
  readonly body: Html;
}

function drawTokenizer(files: FrameFiles, { vaultUrl, ancestors: { parents, pubKey, isHosted } }: FrameFacts): Drawn {
  const script = isHosted ? files.hostedTokenizer : files.merchantTokenizer;
  const key = pubKey && html` data-pub-key="${pubKey}"`;
  const body = html`${head('Secure connection', ENGLISH)}${scriptTag(script)}
<body data-parents="${parents.join(' ')}" data-vault-url="${vaultUrl}"${key}>
`;
  return { script, body };
}

function drawField(name: string, files: FrameFiles, { ancestors, language }: FrameFacts): Drawn | undefined {
  if (!Object.hasOwn(FIELDS, name)) return undefined;
  const { label, autocomplete, errors } = FIELDS[name as FieldType];
  const { style } = files;
  const script = fieldScript(name, files, ancestors);
  // The style sheet needs no integrity of its own: the policy lets it load nothing, whatever is in it.
  const body = html`${head(label, language)}<link rel="stylesheet" href="${style.url}">
${scriptTag(script)}
<body data-parents="${ancestors.parents.join(' ')}" data-field="${name}"${language.texts && html` data-texts="${JSON.stringify(textsOf(language.texts, errors))}"`}>
<input name="${autocomplete === 'off' ? name : autocomplete}" autocomplete="${autocomplete}" inputmode="numeric" aria-label="${label}" aria-describedby="error" dir="ltr" spellcheck="false">
<p id="error"></p>
`;
  return { script, body };
}

function fieldScript(name: string, files: FrameFiles, { isHosted }: Ancestors): BrowserFile {
  if (BANK_FIELDS.some((field) => field === name)) return files.bankElement;
  return isHosted ? files.hostedCardElement : files.merchantCardElement;
}

const textsOf = (texts: Readonly<Record<string, string>>, errors: RegExp): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).filter(([english]) => errors.test(english)));

const head = (title: string, { tag, direction }: FrameLanguage): Html => html`<!doctype html>
<html lang="${tag}" dir="${direction}">
<title>${title}</title>
`;

const scriptTag = ({ url, integrity }: BrowserFile): Html =>
  html`<script src="${url}" integrity="${integrity}" defer></script>`;

const SWITCHED_OFF =
  'accelerometer autoplay browsing-topics camera clipboard-read clipboard-write display-capture fullscreen ' +
  'geolocation gyroscope hid magnetometer microphone midi payment picture-in-picture publickey-credentials-get ' +
  'screen-wake-lock serial usb xr-spatial-tracking';
const PERMISSIONS = SWITCHED_OFF.split(' ')
  .map((feature) => `${feature}=()`)
  .join(', ');

/** The merchant's own https origins: those registered for the pub key. */
const fontSources = ({ pubKey, sources }: Ancestors): string =>
  (pubKey !== undefined && sources.filter((source) => /^https:.*[^*]$/.test(source)).join(' ')) || "'none'";

function frameHeaders(integrity: string, { vaultUrl, ancestors }: FrameFacts): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src '${integrity}'`,
    "style-src 'self'",
    `font-src ${fontSources(ancestors)}`,
    `connect-src ${vaultUrl}`,
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors.sources.join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Permissions-Policy': PERMISSIONS,
    'X-Robots-Tag': 'noindex, nofollow',
  };
}
