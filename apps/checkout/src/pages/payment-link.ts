// The page of a payment link that cannot be used (contract 5.2). It links nowhere: there is no session to go back to.
import type { UnusableCode } from '../payment-links.ts';
import { plainLook } from './appearance.ts';
import type { Assets } from './assets.ts';
import { alertIcon, checkIcon, clockIcon, crossIcon } from './icons.ts';
import type { Language } from './language.ts';
import { drawNotice } from './result.ts';
import type { ShopView } from './view.ts';

export interface UnusableLinkPage {
  readonly language: Language;
  readonly assets: Assets;
  readonly code: UnusableCode;
  /** Of a link that exists. */
  readonly shop?: Omit<ShopView, 'sessionId'>;
}

const ICONS = {
  PAYMENT_LINK_LIMIT_REACHED: checkIcon,
  PAYMENT_LINK_EXPIRED: clockIcon,
  PAYMENT_LINK_INACTIVE: crossIcon,
  PAYMENT_LINK_NOT_FOUND: alertIcon,
} as const satisfies Record<UnusableCode, unknown>;

export function unusableLinkPage({ language, assets, code, shop }: UnusableLinkPage): string {
  const text = language.messages.page;
  const view = shop ?? { look: plainLook };
  return drawNotice({ language, assets, view }, { icon: ICONS[code], title: text[code], text: text[`hint${code}`] });
}
