// `GET /preview` (contract 4.4): the page of a session that does not exist, for a merchant who tries colours on it. It
// holds no key and no credential, and its script can only be told how to look, by the origins of a setting.
import { price } from '@ozura/core/pricing';
import type { PreviewFacts } from '../browser/page-facts.ts';
import type { CheckoutConfig } from '../config.ts';
import { lookOf } from './appearance.ts';
import type { Assets } from './assets.ts';
import { checkoutPage } from './checkout.ts';
import type { PreviewSources } from './headers.ts';
import type { Language } from './language.ts';
import type { PageToSend } from './send-page.ts';
import type { PayView } from './view.ts';

/** A policy has no way to write an IPv6 address. */
const LOOPBACK = ['http://localhost:*', 'http://127.0.0.1:*', 'https://localhost:*', 'https://127.0.0.1:*'];
const sample = { currency: 'USD', priceMinor: 1200n, quantity: 2 } as const;

type PreviewSettings = Pick<CheckoutConfig, 'mode' | 'previewOrigins'>;

export function openPreview(settings: PreviewSettings, language: Language, assets: Assets): PageToSend {
  const { mode, previewOrigins } = settings;
  const isLocal = mode === 'test' && previewOrigins === undefined;
  const preview: PreviewSources = {
    ancestors: isLocal ? LOOPBACK : (previewOrigins ?? []),
    // Nobody knows yet which logo will be shown.
    images: mode === 'test' ? ['https:', ...LOOPBACK] : ['https:'],
  };
  const text = language.messages.page;
  const facts: PreviewFacts = {
    origins: isLocal ? 'loopback' : (previewOrigins ?? []),
    mode,
    merchantName: text.previewShop,
    texts: {
      title: text.titlePay,
      titleWithoutName: text.summary,
      cancel: text.cancel,
      expiry: text.expiryPlaceholder,
    },
  };
  const page = checkoutPage({ language, assets, view: sampleView(language, facts) });
  return { status: 200, page, preview };
}

function sampleView({ messages: { page: text } }: Language, facts: PreviewFacts): PayView {
  const { currency, priceMinor, quantity } = sample;
  return {
    sessionId: '',
    merchantName: facts.merchantName,
    banner: 'preview',
    look: lookOf({}, false),
    price: price({ currency, subtotalMinor: priceMinor * BigInt(quantity), funding: 'credit' }),
    surchargeHundredths: 0n,
    isTaxed: false,
    items: [{ name: text.previewItem, priceMinor, quantity }],
    country: 'US',
    facts,
  };
}
