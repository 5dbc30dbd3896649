// The frame of every hosted page: head, shop bar, card, footer. No inline script or style anywhere (contract 2.7).

import type { BrowserFile } from '@ozura/kit/bundle';
import { Html, html } from '@ozura/kit/html';
import type { Assets } from './assets.ts';
import type { Language } from './language.ts';
import type { Look, ShopView } from './view.ts';

export interface PageParts {
  readonly language: Language;
  readonly assets: Assets;
  readonly look: Look;
  readonly title: string;
  /** Absent on pages that belong to no session. */
  readonly merchantName?: string;
  readonly banner?: ShopView['banner'];
  readonly embedding?: ShopView['embedding'];
  readonly style: BrowserFile;
  readonly script: BrowserFile;
  /** For the script, as a block of JSON that is never executed. */
  readonly facts: object;
  readonly main: Html;
}

export function drawPage(page: PageParts): string {
  const { language, look, assets, style, script } = page;
  const text = language.messages.page;
  const isFramed = page.embedding?.mode === 'iframe';
  return html`<!doctype html>
<html lang="${language.tag}" dir="${language.direction}" data-theme="${look.theme}"${isFramed && html` data-framed`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${look.theme === 'auto' ? 'light dark' : look.theme}">
<title>${page.title}</title>
<link rel="icon" href="${assets.icon.url}">
<link rel="stylesheet" href="${style.url}" integrity="${style.integrity}">
<script type="application/json" id="facts">${jsonBlock(factsOf(page))}</script>
${scriptTag(script, hasVariables(look) && new Html(' blocking="render"'))}
${isFramed && scriptTag(assets.framedScript)}
</head>
<body>
${page.banner && html`<p class="test-mode"><strong>${text[page.banner]}</strong> ${text[`${page.banner}Note`]}</p>`}
<div class="canvas">
${shopBar(page)}
${page.main}
${!look.hideBranding && html`<footer class="brand">${text.poweredBy}</footer>`}
</div>
</body>
</html>
`.text;
}

export const scriptTag = ({ url, integrity }: BrowserFile, more?: Html | false): Html =>
  html`<script type="module" src="${url}" integrity="${integrity}"${more}></script>`;

function shopBar({ look, merchantName }: PageParts): Html | undefined {
  if (look.hideHeader || merchantName === undefined) return undefined;
  const logo =
    look.logoUrl &&
    html`<img class="logo" src="${look.logoUrl}" alt="${!look.showMerchantName && merchantName}" decoding="async">`;
  if (!logo && !look.showMerchantName) return undefined;
  return html`<header class="shop${look.logoPosition === 'top' && ' shop-top'}">${logo}${
    look.showMerchantName && html`<bdi class="shop-name">${merchantName}</bdi>`
  }</header>`;
}

const factsOf = ({ facts, embedding, look: { variables } }: PageParts): object => ({ ...facts, variables, embedding });

/** A merchant's own colours are there at the first paint: the script that sets them is waited for. */
const hasVariables = (look: Look): boolean => Object.keys(look.variables).length > 0;

/** `<` is the only character that could end the block or open a comment in it. */
const jsonBlock = (value: object): Html => new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
