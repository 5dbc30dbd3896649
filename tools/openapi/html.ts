// The page of a service's API as the service serves it: one document that loads nothing.
import { readFileSync } from 'node:fs';
import { ERRORS, type ErrorCode, errorAnswer, type Service } from '@ozura/core/errors';
import { Html, html } from '@ozura/kit/html';
import type { Block } from './page.ts';

const style = new Html(readFileSync(new URL('./page.css', import.meta.url), 'utf8').trim());

export const htmlOf = (blocks: readonly Block[], title: string, service: Service): string => {
  const all = [...blocks, ...errorBlocks(service)];
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the first endpoint</a>
<header><h1>${title}</h1><p>The same as <a href="/openapi.json">OpenAPI 3.1</a>. Amounts are decimal strings, times are UTC, and <code>null</code> in a request is the same as absent.</p></header>
<nav aria-label="Endpoints"><ul>${all.map(entry)}</ul></nav>
<main id="main">${all.map(element)}</main>
</body>
</html>`}\n`;
};

/** Where the error page of the repository is not at hand. */
function errorBlocks(service: Service): Block[] {
  const letter = service.charAt(0).toUpperCase();
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].where.includes(letter));
  const rows = codes.map((code) => {
    const { status, message } = errorAnswer(code, service);
    return [`\`${code}\``, String(status), message, ERRORS[code].retry];
  });
  return [
    { heading: 'Error codes', level: 2 },
    {
      text: 'In every failure as `errorCode`. *Retry*: `key` is with the same idempotency key only, `new` is after correcting the request.',
    },
    { columns: ['Code', 'Status', 'Message', 'Retry'], rows },
  ];
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');

function entry(block: Block): Html | false {
  if (!('heading' in block)) return false;
  const link = html`<a href="#${anchorOf(block.heading)}">${block.heading}</a>`;
  return block.level === 2 ? html`\n<li class="group">${link}</li>` : html`\n<li>${link}</li>`;
}

function element(block: Block): Html {
  if ('heading' in block) {
    const id = anchorOf(block.heading);
    return block.level === 2
      ? html`\n<h2 id="${id}">${block.heading}</h2>`
      : html`\n<h3 id="${id}"><code>${block.heading}</code></h3>`;
  }
  if ('text' in block) return html`\n<p>${inline(block.text)}</p>`;
  if ('code' in block) {
    return html`\n<details><summary>${block.summary}</summary><pre><code>${block.code}</code></pre></details>`;
  }
  const head = block.columns.map((name) => html`<th scope="col">${name || 'Rule'}</th>`);
  return html`\n<table><thead><tr>${head}</tr></thead><tbody>${block.rows.map(row)}</tbody></table>`;
}

const row = ([name = '', ...cells]: readonly string[]): Html =>
  html`\n<tr><th scope="row">${inline(name)}</th>${cells.map((text) => html`<td>${inline(text)}</td>`)}</tr>`;

/** `code` and *emphasis*. */
const inline = (text: string): Html[] =>
  text.split(/(`[^`]+`|\*\w+\*)/).map((part) => {
    const inner = part.slice(1, -1);
    if (/^`.+`$/.test(part)) return html`<code>${inner}</code>`;
    return /^\*\w+\*$/.test(part) ? html`<em>${inner}</em>` : html`${part}`;
  });
