// The three card fields: frames of the Elements origin, drawn to look like the other fields of the form.
import { FieldVault } from '@ozura/elements/browser/field-vault';
import { newUuid } from '@ozura/elements/browser/uuid';
import { CARD_FIELDS, type CardField } from '@ozura/elements/protocol';
import { cardPlaceholders } from './card-placeholders.ts';
import type { FieldError } from './field-errors.ts';
import { markField } from './field-errors.ts';
import { callPage, pause } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';

/** What Checkout mints keys for (contract 1.4). */
const tokensOfKey = 3;
/** A connection may fail once; what was typed is not to be lost for it. */
const keyAgainMs = 2_000;

export interface CardFields {
  /** What is still missing or wrong. */
  errors(): FieldError[];
  /** Lets the fields themselves say what is wrong with them: an invalid one stops the token before the network. */
  revealErrors(): void;
  /** Only when there are no errors. Rejects when there is no answer. */
  tokenize(): ReturnType<FieldVault['tokenize']>;
  clear(field: CardField): void;
  focus(field: CardField): void;
}

export interface CardFieldsOptions {
  /** Once, when all three can be typed into. */
  readonly onReady: () => void;
  /** They could not be loaded in time. */
  readonly onBlocked: () => void;
}

export async function openCardFields(facts: CheckoutFacts, options: CardFieldsOptions): Promise<CardFields> {
  beginAnew();
  const vault = new FieldVault({
    vaultId: facts.vaultId,
    iframeFor: frameIn,
    fetchKey: () => sessionKey(facts, newUuid()),
    sessionLimit: tokensOfKey,
    onLoadError: options.onBlocked,
  });
  // The fields do not wait for the key: who begins to type needs it only when he pays.
  const hasKey = vault.keys.first().catch(() => pause(keyAgainMs).then(() => vault.keys.first()));
  const tokenize = () => vault.tokenize({ fields: CARD_FIELDS }, 'no card fields');
  const complete = new Set<CardField>();
  const onReady = whenAllAre(options.onReady);
  const focus = (field: CardField): void => vault.get(field)?.focus();
  for (const field of CARD_FIELDS) mountField(vault, field, { facts, complete, onReady });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const field of CARD_FIELDS) vault.get(field)?.update({ style: fieldStyle() });
  });
  await hasKey;
  return {
    errors: () =>
      CARD_FIELDS.filter((field) => !complete.has(field)).map((name) => ({
        name,
        text: facts.messages.card[name],
        focus: () => focus(name),
      })),
    revealErrors: () => void tokenize().catch(() => undefined),
    tokenize,
    clear: (field) => vault.get(field)?.clear(),
    focus,
  };
}

/** Drawn by the server (`pages/card-frames.ts`), so that it loads beside this script. */
const frameIn = (place: string): HTMLIFrameElement => byId(place).querySelector('iframe') as HTMLIFrameElement;

/** After "back" or a reload a browser may show in a frame what it showed there before, at an address that is over. */
function beginAnew(): void {
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (visit?.type === 'navigate') return;
  for (const place of [...CARD_FIELDS, 'tokenizer']) frameIn(place).replaceWith(frameIn(place).cloneNode());
}

interface FieldContext {
  readonly facts: CheckoutFacts;
  readonly complete: Set<CardField>;
  readonly onReady: (field: CardField) => void;
}

/** A frame that is moved in the document becomes ready again: the second time says nothing. */
function whenAllAre(ready: () => void): (field: CardField) => void {
  const missing = new Set<CardField>(CARD_FIELDS);
  return (field) => {
    if (missing.delete(field) && missing.size === 0) ready();
  };
}

function mountField(vault: FieldVault, field: CardField, { facts, complete, onReady }: FieldContext): void {
  const place = byId(field);
  const label = byId(`${field}-label`);
  const element = vault.create(field, {
    style: fieldStyle(),
    placeholder: cardPlaceholders(facts.messages.expiryPlaceholder)[field],
    label: label.textContent ?? '',
  });
  let wrong = false;
  const showBrand = openBrand(place, facts.brandsUrl);
  element.on('change', ({ complete: isComplete, valid, empty, cardBrand }) => {
    showBrand(cardBrand);
    if (isComplete && valid) complete.add(field);
    else complete.delete(field);
    wrong = !empty && !(isComplete && valid);
    if (!wrong && !empty) markField(field, '');
  });
  element.on('ready', () => onReady(field));
  element.on('focus', () => place.classList.add('focus'));
  element.on('blur', () => {
    place.classList.remove('focus');
    if (wrong) markField(field, facts.messages.card[field]);
  });
  element.on('submit', () => byId<HTMLFormElement>('form').requestSubmit());
  label.addEventListener('click', () => element.focus());
  element.mount(place);
}

/** A picture at the end of the number, once its first digits say whose card it is. */
function openBrand(place: HTMLElement, url: string): (brand?: string) => void {
  const image = new Image(34, 22);
  return (brand = 'UNKNOWN') => {
    const isKnown = brand !== 'UNKNOWN';
    image.hidden = !isKnown;
    if (!isKnown) return;
    image.src = `${url}#${brand}`;
    image.alt = brand.length < 4 ? brand : brand.charAt(0) + brand.slice(1).toLowerCase();
    if (!image.isConnected) place.append(image);
  };
}

/** The frames know nothing of our style sheet: they are told what a field of this page looks like. */
function fieldStyle() {
  const { color, fontFamily, fontSize } = getComputedStyle(byId('email'));
  const muted = getComputedStyle(byId('cancel')).color;
  const danger = getComputedStyle(byId('cardNumber-error')).color;
  return {
    base: { color, fontFamily, fontSize, padding: '0 13px', caretColor: color },
    placeholder: { color: muted },
    invalid: { color: danger },
  };
}

async function sessionKey(facts: CheckoutFacts, sessionId: string): Promise<string> {
  const answer = await callPage(facts, 'session-key', { sessionId });
  const key = answer?.data.sessionKey;
  // Paid, cancelled or expired meanwhile, in another window or while this computer slept: the server draws the right page.
  if (answer?.errorCode?.startsWith('SESSION_')) location.reload();
  if (typeof key !== 'string') throw new Error('no session key');
  return key;
}
