// The frame of every page of the shop.
import { type Html, html } from '../html.ts';

export interface PageContent {
  readonly title: string;
  readonly body: Html;
}

export const page = ({ title, body }: PageContent): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Blue Kettle</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/store.css">
</head>
<body>
<header class="top"><a class="name" href="/">Blue Kettle</a><span class="aside">Demo store</span></header>
<main>${body}</main>
<footer class="foot">No kettle leaves this shop and no money changes hands.</footer>
</body>
</html>
`.text;

export const note = (tone: 'good' | 'wait' | 'bad', title: string, ...lines: readonly Html[]): Html =>
  html`<section class="note ${tone}"><span class="mark" aria-hidden="true">${MARKS[tone]}</span><h1>${title}</h1>${lines}</section>`;

const MARKS = { good: '✓', wait: '…', bad: '!' } as const;

export const buyAgain = (quantity: number, text: string): Html =>
  html`<form method="post" action="/buy"><input type="hidden" name="quantity" value="${quantity}"><button>${text}</button></form>`;

export const backToShop = html`<p><a href="/">Back to the shop</a></p>`;
