// The list of faults, its tests and its page say the same.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { documentPath, faultsDocument } from './document.ts';
import { ROOMS } from './faults.ts';

it('every fault of the list is tested in its room, and no other is', () => {
  for (const [room, { faults }] of Object.entries(ROOMS)) {
    const text = readFileSync(new URL(`${room}.test.ts`, import.meta.url), 'utf8');
    const tested = [...text.matchAll(/^\s*faultTest\(\s*'([^']+)'/gm)].map(([, name]) => name);
    expect(tested.sort()).toEqual(Object.keys(faults).sort());
  }
});

it('docs/faults.md shows the list; `npm run faults` writes it', () => {
  expect(readFileSync(documentPath, 'utf8')).toBe(faultsDocument());
});
