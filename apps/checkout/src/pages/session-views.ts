// From a stored session to what its page shows.
import { exponentOf } from '@ozura/core/currencies';
import { randomText } from '@ozura/core/ids';
import { formatMoney } from '@ozura/core/money';
import type { CheckoutFacts, EmbeddingFacts } from '../browser/page-facts.ts';
import type { CheckoutConfig } from '../config.ts';
import type { CheckoutContext } from '../context.ts';
import { isTaxExempt, openingPrice } from '../price.ts';
import type { Session } from '../store/sessions.ts';
import { lookOf } from './appearance.ts';
import { frameQuery } from './frame-address.ts';
import type { Language } from './language.ts';
import type { PayView, ShopView } from './view.ts';

export const shopView = ({ config }: CheckoutContext, { id, request }: Session): ShopView => ({
  sessionId: id,
  merchantName: request.merchantName,
  ...bannerOf(config),
  look: lookOf(request.appearance, request.hideHeader),
  ...embeddingOf({ id, request }),
});

export const bannerOf = ({ mode }: Pick<CheckoutConfig, 'mode'>): Pick<ShopView, 'banner'> =>
  mode === 'test' ? { banner: 'testMode' } : {};

/** Without an origin nobody is told anything, and the page behaves as in redirect mode (contract 2.6). */
function embeddingOf({ id, request }: Pick<Session, 'id' | 'request'>): { readonly embedding?: EmbeddingFacts } {
  const { embedMode: mode, parentOrigin } = request;
  if (mode === 'redirect' || parentOrigin === undefined) return {};
  return { embedding: { mode, parentOrigin, sessionId: id } };
}

export interface Opening {
  readonly language: Language;
  readonly credential: string;
  readonly country: string;
  /** By the database's clock, like the session's end. */
  readonly nowMs: number;
}

/** Nobody has to be kept from guessing it: the frames look at who speaks to them. */
const vaultIdLength = 8;

export function payView(context: CheckoutContext, session: Session, opening: Opening): PayView {
  const { request } = session;
  const { currency, amountMinor, donationConfig, recurringConfig, surchargeHundredths = 0n, items = [] } = request;
  const priced = openingPrice(request, donationConfig?.defaultAmountMinor ?? request.subtotalMinor);
  const vaultId = randomText(context.random, vaultIdLength);
  const facts: Omit<CheckoutFacts, 'messages' | 'payText' | 'address' | 'brandsUrl' | 'donation'> = {
    sessionId: session.id,
    credential: opening.credential,
    cancelUrl: request.cancelUrl,
    vaultId,
    currency,
    exponent: exponentOf(currency),
    total: formatMoney(priced.totalMinor, currency),
    nowMs: opening.nowMs,
    expiresAtMs: session.expiresAtMs,
  };
  return {
    ...shopView(context, session),
    price: priced,
    surchargeHundredths,
    isTaxed: !isTaxExempt(request),
    items,
    ...(donationConfig === undefined ? {} : { donation: donationConfig }),
    ...(recurringConfig === undefined || amountMinor === undefined
      ? {}
      : { plan: { ...recurringConfig, amountMinor } }),
    ...(request.embedMode === 'iframe' ? { blocked: request } : {}),
    country: opening.country,
    frames: {
      elementsUrl: context.config.urls.elementsUrl,
      query: frameQuery(context, session, opening.language),
      vaultId,
    },
    facts,
  };
}

/** Pictures the page of a session may load. */
export const imageUrlsOf = ({ request: { appearance, items = [] } }: Pick<Session, 'request'>): string[] =>
  [appearance.logoUrl, ...items.map(({ imageUrl }) => imageUrl)].filter((url) => url !== undefined);
