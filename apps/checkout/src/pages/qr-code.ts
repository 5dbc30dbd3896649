// `GET /pay/{linkId}/qr.svg` (contract 2.1): the address of a payment link, for paper and for screens.
import { html } from '@ozura/kit/html';
import { encodeQR } from 'qr';

/** Modules of white around the code; scanners need them (ISO/IEC 18004). */
const quietZone = 4;
const pixelsPerModule = 8;

/** Dark on white in every colour scheme: many scanners cannot read it the other way round. */
export function qrCode(text: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const size = rows.length;
  const pixels = size * pixelsPerModule;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><title>${text}</title><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${rows.map(darkRuns).join('')}"/></svg>`
    .text;
}

/** One rectangle for each run of dark modules. */
const darkRuns = (row: readonly boolean[], y: number): string =>
  Array.from(row.map(Number).join('').matchAll(/1+/g), ({ index, 0: { length } }) => {
    return `M${index} ${y}h${length}v1h-${length}z`;
  }).join('');
