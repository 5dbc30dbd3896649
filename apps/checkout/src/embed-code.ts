// The HTML that a merchant puts on a page to open a session (contract 3.1). Every inserted value is escaped.
import type { EmbedMode } from '@ozura/contract/checkout/session-request';
import { type Html, html } from '@ozura/kit/html';

export const embedCode = (mode: EmbedMode, url: string, merchantName: string): string =>
  codeFor(mode, url, merchantName).text;

function codeFor(mode: EmbedMode, url: string, name: string): Html {
  switch (mode) {
    case 'redirect':
      return html`<a href="${url}">Pay ${name}</a>`;
    // Events need the opener, so the link says so where browsers would cut it.
    case 'new_tab':
      return html`<a href="${url}" target="_blank" rel="opener">Pay ${name}</a>`;
    case 'popup':
      return html`<a href="${url}" target="ozura_checkout" rel="opener" onclick="return !window.open(this.href,this.target,'popup,width=480,height=760')">Pay ${name}</a>`;
    case 'iframe':
      return html`<iframe src="${url}" title="Checkout" allow="payment *; clipboard-write" referrerpolicy="no-referrer" style="width:100%;min-height:760px;border:0"></iframe>`;
  }
}
