import { expect, test } from 'vitest';
import { bundleAssets } from './assets.ts';
import { pageHeaders } from './headers.ts';
import { languageFor } from './language.ts';
import { openPreview } from './preview.ts';

const assets = bundleAssets();
const urls = { checkoutUrl: 'https://pay.example', vaultUrl: '', payUrl: '', elementsUrl: 'https://fields.example' };

function preview(mode: 'test' | 'live', previewOrigins?: readonly string[]) {
  const settings = { mode, urls, ...(previewOrigins && { previewOrigins }) };
  const { page, preview } = openPreview(settings, languageFor({}), assets);
  const headers = pageHeaders({ assets, elementsUrl: urls.elementsUrl, ...(preview && { preview }) });
  const facts = JSON.parse(/id="facts">(.*?)<\/script>/s.exec(page)?.[1] ?? '') as Record<string, unknown>;
  return { page, facts, headers, policy: headers['Content-Security-Policy'] ?? '' };
}

test('in live mode nobody may hold the preview, or tell it anything, unless a setting says so', () => {
  const { headers, policy, facts } = preview('live');
  expect(policy).toContain("frame-ancestors 'none';");
  expect(headers['X-Frame-Options']).toBe('DENY');
  expect(facts.origins).toEqual([]);
});

test.each(['test', 'live'] as const)('in %s mode exactly the origins of the setting may', (mode) => {
  const { headers, policy, facts } = preview(mode, ['https://admin.example', 'https://b.example:8443']);
  expect(policy).toContain('frame-ancestors https://admin.example https://b.example:8443;');
  expect(headers).not.toHaveProperty('X-Frame-Options');
  expect(headers).not.toHaveProperty('Cross-Origin-Opener-Policy');
  expect(facts.origins).toEqual(['https://admin.example', 'https://b.example:8443']);
});

test('in test mode without the setting pages of this machine may', () => {
  const { policy, facts } = preview('test');
  expect(policy).toContain('frame-ancestors http://localhost:* http://127.0.0.1:* ');
  expect(facts.origins).toBe('loopback');
});

test('it runs one script, holds no credential and no address of a frame, and says what it is', () => {
  const { page, policy, facts } = preview('live');
  expect(policy).toContain(`script-src '${assets.previewScript.integrity}';`);
  for (const name of ['credential', 'frameQuery', 'sessionId']) expect(facts).not.toHaveProperty(name);
  expect(page).toContain('<strong>Preview</strong> Nothing can be paid on this page.');
});
