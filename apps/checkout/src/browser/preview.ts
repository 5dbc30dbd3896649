// The script of `/preview` (contract 4.4): restyles the page as the page around it says, and does nothing else.
import { type Appearance, appearance } from '@ozura/contract/checkout/appearance';
import { hasControlCharacter, Intake, isObject } from '@ozura/core/validation';
import { lookOf } from '../pages/appearance.ts';
import { fill } from '../pages/messages/catalogue.ts';
import type { Look } from '../pages/view.ts';
import { cardPlaceholders } from './card-placeholders.ts';
import { byId, type PreviewFacts, preparePage, readFacts, setVariables } from './page-facts.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const merchantNameMax = 200;

const facts = readFacts<PreviewFacts>();
const readAppearance = appearance(facts);
preparePage(facts);
let shown: Appearance = {};
let { merchantName } = facts;
let { variables } = facts;

byId('form').addEventListener('submit', (event) => event.preventDefault());
for (const [name, text] of Object.entries(cardPlaceholders(facts.texts.expiry))) {
  const place = byId(name);
  place.textContent = text;
  // Where a real page has a frame.
  Object.assign(place.style, { paddingInline: '0.8125rem', lineHeight: '2.75rem', color: 'var(--muted)' });
}
addEventListener('message', ({ origin, source, data: message }: MessageEvent<unknown>) => {
  if (source !== parent || !isAllowed(origin) || !isObject(message)) return;
  if (message.type !== 'ozura-preview-appearance') return;
  if (isObject(message.appearance)) shown = { ...shown, ...acceptable(message.appearance) };
  if (isName(message.merchantName)) merchantName = message.merchantName;
  show(lookOf(shown, false));
});

const isAllowed = (origin: string): boolean =>
  facts.origins === 'loopback'
    ? URL.canParse(origin) && LOOPBACK.includes(new URL(origin).hostname)
    : facts.origins.includes(origin);

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= merchantNameMax && !hasControlCharacter(value);

/** Member by member: one that is wrong takes no other with it. */
function acceptable(sent: Readonly<Record<string, unknown>>): Appearance {
  const read = (member: object): Appearance => {
    const intake = new Intake();
    const found = readAppearance(member, '', intake);
    if (found === undefined || intake.failures.length > 0) return {};
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  };
  const own = Object.entries(sent).map(([name, value]) => read({ [name]: value }));
  const { cssVariables } = sent;
  if (!isObject(cssVariables)) return Object.assign({}, ...own) as Appearance;
  const kept = Object.entries(cssVariables).map(([name, value]) => read({ cssVariables: { [name]: value } }));
  const merged = Object.assign({}, ...kept.map((one) => one.cssVariables)) as Appearance['cssVariables'];
  return Object.assign({}, ...own, { cssVariables: merged }) as Appearance;
}

function show(look: Look): void {
  const root = document.documentElement;
  root.dataset.theme = look.theme;
  for (const name of Object.keys(variables)) root.style.removeProperty(name);
  variables = look.variables;
  setVariables(variables);
  const { texts } = facts;
  const title = fill(texts.title, { merchant: merchantName });
  document.title = title;
  byId('summary-title').textContent = look.showMerchantName ? title : texts.titleWithoutName;
  byId('cancel').textContent = look.cancelButtonText ?? texts.cancel;
  for (const brand of document.querySelectorAll<HTMLElement>('.brand')) brand.hidden = look.hideBranding;
  showShop(look);
}

function showShop({ logoUrl, logoPosition, showMerchantName }: Look): void {
  const bar = document.querySelector<HTMLElement>('.shop');
  if (bar === null) return;
  const name = document.createElement('bdi');
  name.className = 'shop-name';
  name.textContent = merchantName;
  const logo = document.createElement('img');
  logo.className = 'logo';
  logo.alt = showMerchantName ? '' : merchantName;
  if (logoUrl !== undefined) logo.src = logoUrl;
  bar.classList.toggle('shop-top', logoPosition === 'top');
  bar.replaceChildren(...(logoUrl === undefined ? [] : [logo]), ...(showMerchantName ? [name] : []));
  bar.hidden = bar.childElementCount === 0;
}
