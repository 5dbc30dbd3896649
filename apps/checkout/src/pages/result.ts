// The pages of sessions that cannot be paid (contract 2.2), and of addresses that lead nowhere.
import { REDIRECT_ERRORS } from '@ozura/core/redirect';
import { type Html, html } from '@ozura/kit/html';
import type { NoticeFacts } from '../browser/page-facts.ts';
import { plainLook } from './appearance.ts';
import type { Assets } from './assets.ts';
import { alertIcon, checkIcon, clockIcon, crossIcon } from './icons.ts';
import type { Language } from './language.ts';
import { drawPage } from './layout.ts';
import { fill } from './messages/catalogue.ts';
import type { ShopView } from './view.ts';

export interface ResultPage {
  readonly language: Language;
  readonly assets: Assets;
  readonly view: ShopView;
}

export interface LinkedPage extends ResultPage {
  /** Where the button leads. */
  readonly href: string;
}

/** A charge is in flight: the script asks for its outcome until there is one. */
export function processingPage(page: ResultPage & { readonly credential: string }): string {
  const text = page.language.messages.page;
  const facts = { sessionId: page.view.sessionId, credential: page.credential };
  return drawNotice(page, {
    facts,
    icon: html`<div class="spinner"></div>`,
    title: text.confirmingTitle,
    text: text.confirmingText,
    scriptOff: text.scriptOff,
  });
}

export function reviewPage(page: LinkedPage): string {
  const text = page.language.messages.page;
  return drawNotice(page, {
    icon: clockIcon,
    title: text.reviewTitle,
    text: text.reviewText,
    button: backButton(page),
    reference: page.view.sessionId,
  });
}

export interface CompletedPage extends LinkedPage {
  readonly amount: string;
  /** The values of the success redirect (contract 3.3). */
  readonly paymentData: object;
}

export function completedPage(page: CompletedPage): string {
  const text = page.language.messages.page;
  return drawNotice(page, {
    facts: heard(page, { pressed: { type: 'PAYMENT_SUCCESS', paymentData: page.paymentData } }),
    tone: 'good',
    icon: checkIcon,
    title: text.completedTitle,
    text: fill(text.completedText, { amount: page.amount }),
    button: { href: page.href, label: text.completedButton },
  });
}

export function cancelledPage(page: LinkedPage): string {
  const text = page.language.messages.page;
  return drawNotice(page, {
    icon: crossIcon,
    title: text.cancelledTitle,
    text: text.cancelledText,
    button: backButton(page),
  });
}

export function expiredPage(page: LinkedPage): string {
  const text = page.language.messages.page;
  return drawNotice(page, {
    facts: heard(page, { opened: { event: { type: 'CHECKOUT_EXPIRED' } } }),
    icon: clockIcon,
    title: text.expiredTitle,
    text: text.expiredText,
    button: backButton(page),
  });
}

/** Tells the page that embeds it, and goes on to `errorUrl`; the button is for browsers that run no script. */
export function failedPage(page: LinkedPage): string {
  const text = page.language.messages.page;
  const event = { type: 'CHECKOUT_ERROR', error: REDIRECT_ERRORS.SESSION_FAILED, errorCode: 'SESSION_FAILED' } as const;
  return drawNotice(page, {
    facts: heard(page, { opened: { event, url: page.href } }),
    icon: alertIcon,
    title: text.errorTitle,
    text: text.errorSESSION_FAILED,
    button: { href: page.href, label: text.goOn },
  });
}

/** Nothing is told where nobody listens. */
const heard = ({ view }: ResultPage, facts: NoticeFacts): NoticeFacts => (view.embedding === undefined ? {} : facts);

/** Pages without a session: they name no shop and link nowhere. */
export function genericPage(language: Language, assets: Assets, kind: 'unknown' | 'busy' | 'broken'): string {
  const text = language.messages.page;
  const texts = {
    unknown: [text.unknownTitle, text.unknownText],
    busy: [text.busyTitle, text.busyText],
    broken: [text.brokenTitle, text.brokenText],
  } as const;
  const [title, sentence] = texts[kind];
  return drawNotice({ language, assets, view: { look: plainLook } }, { icon: alertIcon, title, text: sentence });
}

export interface Notice {
  readonly icon: Html;
  readonly tone?: 'good';
  readonly title: string;
  readonly text: string;
  readonly hint?: string;
  readonly button?: { readonly href: string; readonly label: string };
  readonly reference?: string;
  readonly facts?: object;
  readonly scriptOff?: string;
}

interface NoticePage {
  readonly language: Language;
  readonly assets: Assets;
  readonly view: Pick<ShopView, 'look'> & Partial<ShopView>;
}

export function drawNotice({ language, assets, view }: NoticePage, notice: Notice): string {
  return drawPage({
    ...view,
    language,
    assets,
    title: notice.title,
    style: assets.resultStyle,
    script: assets.pageScript,
    facts: notice.facts ?? {},
    main: html`<main class="card notice${notice.tone && ` ${notice.tone}`}">
${notice.icon}
<h1>${notice.title}</h1>
<p>${notice.text}</p>
${notice.hint && html`<p>${notice.hint}</p>`}
${notice.scriptOff && html`<noscript><p class="problem">${notice.scriptOff}</p></noscript>`}
${notice.button && html`<a class="pay" href="${notice.button.href}" id="onward" rel="noreferrer">${notice.button.label}</a>`}
${notice.reference && html`<p class="reference">${language.messages.page.reference}<code>${notice.reference}</code></p>`}
</main>`,
  });
}

function backButton({ language, view, href }: LinkedPage): Notice['button'] & object {
  return { href, label: fill(language.messages.page.backToShop, { merchant: language.isolated(view.merchantName) }) };
}
