// `/error` (contract 2.5): the text of our own table, and a link only to an address that our signature or our own
// record vouches for. A page that linked to whatever its query says would be an open redirect.
import { type ErrorFacts, REDIRECT_ERRORS, type RedirectErrorCode } from '@ozura/core/redirect';
import { listedParameters, type Parameter, redirectMessage } from '@ozura/core/redirect-message';
import { plainLook } from './appearance.ts';
import type { Assets } from './assets.ts';
import { alertIcon, clockIcon } from './icons.ts';
import type { Language } from './language.ts';
import { drawNotice } from './result.ts';
import type { ShopView } from './view.ts';

export interface ErrorPage {
  readonly language: Language;
  readonly assets: Assets;
  /** Absent: a neutral text. */
  readonly code: RedirectErrorCode | undefined;
  readonly cancelUrl: string | undefined;
  /** When the session is known. */
  readonly shop?: ShopView;
}

export function errorPage({ language, assets, code, cancelUrl, shop }: ErrorPage): string {
  const text = language.messages.page;
  const review = code === 'MANUAL_REVIEW';
  const view = shop ?? { look: plainLook };
  return drawNotice(
    { language, assets, view },
    {
      icon: review ? clockIcon : alertIcon,
      // Without proof nothing is said about the outcome: somebody who has paid must not pay again.
      title: code === undefined ? text.brokenTitle : review ? text.errorReviewTitle : text.errorTitle,
      text: code === undefined ? text.errorNeutral : review ? text.reviewText : text[`error${code}`],
      ...(code === undefined || review ? {} : { hint: text[`hint${code}`] }),
      ...(cancelUrl === undefined ? {} : { button: { href: cancelUrl, label: text.returnToStore } }),
      ...(shop === undefined ? {} : { reference: shop.sessionId }),
    },
  );
}

/** Signed errors are believed for an hour, and a minute of difference between clocks is forgiven. */
const signatureMaxAgeSeconds = 3600;
const clockSkewSeconds = 60;

export interface SignatureCheck {
  readonly nowSeconds: number;
  readonly verify: (keyId: string, message: string, signature: string) => boolean;
}

/** What a query says when we have signed it and it is fresh; `undefined` for anything else. */
export function signedError(query: readonly Parameter[], check: SignatureCheck): ErrorFacts | undefined {
  const listed = listedParameters(query);
  const ours = query.filter(([name]) => listed.includes(name));
  const value = new Map(ours);
  const code = value.get('errorCode');
  const sessionId = value.get('sessionId');
  const cancelUrl = value.get('cancelUrl');
  const age = check.nowSeconds - Number(value.get('signedAt') ?? Number.NaN);
  const fresh = age <= signatureMaxAgeSeconds && age >= -clockSkewSeconds;
  const twice = value.size !== ours.length;
  if (twice || !fresh || !isRedirectError(code) || sessionId === undefined) return undefined;
  if (value.get('success') !== 'false') return undefined;
  if (!check.verify(value.get('keyId') ?? '', redirectMessage(ours), value.get('signature') ?? '')) return undefined;
  return { errorCode: code, sessionId, ...(cancelUrl === undefined ? {} : { cancelUrl }) };
}

const isRedirectError = (code: string | undefined): code is RedirectErrorCode =>
  code !== undefined && Object.hasOwn(REDIRECT_ERRORS, code);
