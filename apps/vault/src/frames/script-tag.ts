// The browser entry as one file for a `<script>` tag, at an address that never changes its content (contract 11.7).
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { version } from '@ozura/elements/version';
import { type BrowserFile, bundle } from '@ozura/kit/bundle';

/** Other origins load them, pages under `require-corp` too. */
export const FOR_EVERY_ORIGIN = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
} as const;

export function bundleScriptTag(): BrowserFile[] {
  const script = bundle(new URL(import.meta.resolve('@ozura/elements/script-tag')));
  const file = { ...script, name: 'oz-elements.js', url: `/v1/${version}/oz-elements.js` };
  return [file, integrityOf(file)];
}

/** What a merchant writes into `integrity="…"`. */
function integrityOf({ name, integrity }: BrowserFile): BrowserFile {
  const bytes = Buffer.from(`${JSON.stringify({ version, files: { [name]: integrity } })}\n`);
  return {
    name: 'integrity.json',
    url: `/v1/${version}/integrity.json`,
    integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    type: 'application/json; charset=utf-8',
    bytes,
    gzipped: gzipSync(bytes, { level: 9 }),
  };
}
