// `GET /sandbox` (contract 14.6), in test mode only: a page for developers. It holds no key; its script asks with those
// that a person types into it.
import { html } from '@ozura/kit/html';
import type { Assets } from './assets.ts';

const LISTS = [
  ['sessions', 'Sessions'],
  ['attempts', 'Attempts'],
  ['journal', 'Journal of the processor'],
  ['events', 'Events'],
] as const;

export const sandboxPage = ({ icon, sandboxStyle, sandboxScript }: Assets): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sandbox</title>
<link rel="icon" href="${icon.url}">
<link rel="stylesheet" href="${sandboxStyle.url}" integrity="${sandboxStyle.integrity}">
<script type="module" src="${sandboxScript.url}" integrity="${sandboxScript.integrity}"></script>
</head>
<body>
<main>
<h1>Sandbox</h1>
<p>Test mode. What the merchant’s payments come to, as they come to it. Keys are kept in this page only, until it is closed.</p>
<form id="keys">
<label>X-OZURA-API-KEY <input id="merchant-key" type="password" autocomplete="off" spellcheck="false" required></label>
<label>X-API-KEY <input id="vault-key" type="password" autocomplete="off" spellcheck="false" required></label>
<button>Watch</button>
</form>
<p id="problem" role="alert"></p>
<p id="news" role="status"></p>
<div id="watched" hidden>
<div class="controls">
<form id="program">
<h2>Next payments</h2>
<label>Steps, such as approve or timeout_after_accept <input id="steps" autocomplete="off" spellcheck="false" required></label>
<label>Only cards that end in <input id="card" inputmode="numeric" maxlength="4" autocomplete="off"></label>
<button>Set</button> <button type="button" id="forget">Forget all</button>
<ul id="programs"></ul>
</form>
<form id="clock">
<h2>Test clock</h2>
<p id="time"></p>
<label>Forward by seconds <input id="seconds" inputmode="numeric" autocomplete="off" value="60" required></label>
<button>Advance</button> <button type="button" id="freeze">Stop</button> <button type="button" id="reset">Real time</button>
<h2>Settlement</h2>
<button type="button" id="settle">Settle everything now</button>
</form>
</div>
<div class="lists">
${LISTS.map(
  ([
    id,
    title,
  ]) => html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><ul id="${id}"></ul></section>
`,
)}</div>
</div>
</main>
</body>
</html>
`.text;
