// The description of the API is complete, valid and as new as the code (contract 14.4).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it, test } from 'vitest';
import { audienceOf } from './openapi/credentials.ts';
import { apiFiles, described } from './openapi/describe.ts';
import { documentOf } from './openapi/document.ts';
import { documentedPage, PROOF } from './openapi/documented.ts';
import { SERVICES } from './openapi/records.ts';
import { schemaOf } from './openapi/schema.ts';
import { readProject } from './project.ts';

const root = join(import.meta.dirname, '..');

test.each([...apiFiles()])('%s is what `npm run openapi` writes now', (path, text) => {
  const written = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
  expect(written === text, 'run `npm run openapi` and commit what it writes').toBe(true);
});

test('every endpoint of the contract is in the list', () => {
  const listed = new Set(SERVICES.flatMap((service) => described(service).endpoints.map(({ name }) => name)));
  const records = readProject().sources.filter(
    ({ path, isTest, text }) => path.startsWith('packages/contract/src/') && !isTest && /\bendpoint\(/.test(text),
  );
  const names = records.flatMap(({ text }) => [...text.matchAll(/^ +name: '(\w+)',$/gm)].map(([, name]) => name ?? ''));
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
});

describe.each(SERVICES)('the description of %s', (service) => {
  const { endpoints, examples } = described(service);

  it('is OpenAPI 3.1', async () => {
    const { errors = [] } = await new Validator().validate(documentOf(described(service)));
    expect(errors).toEqual([]);
  });

  it('says of every field what it accepts', () => {
    const undescribed: string[] = [];
    for (const { input, name } of endpoints) schemaOf(input, name, undescribed);
    expect(undescribed, 'give these readers `accepting(…)`').toEqual([]);
  });

  it('names every endpoint once', () => {
    const names = endpoints.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has an example of everything that merchants and pages call', () => {
    const own = endpoints.filter((endpoint) => ['merchant', 'page'].includes(audienceOf(endpoint)));
    expect(own.filter(({ name }) => (examples[name] ?? []).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('has no example of an endpoint that is not there', () => {
    const names = new Set(endpoints.map(({ name }) => name));
    expect(Object.keys(examples).filter((name) => !names.has(name))).toEqual([]);
  });
});

test('what Checkout asks its neighbours about keys may go unanswered', () => {
  const askers = described('checkout').endpoints.filter(({ auth }) => auth.includes('keys'));
  expect(askers.filter(({ errors }) => !errors.includes('OVERLOADED')).map(({ name }) => name)).toEqual([]);
});

test('the numbers of a plan may be described as texts, as they may be sent', () => {
  const { paths } = documentOf(described('checkout')) as { paths: Record<string, Record<string, object>> };
  const plan = JSON.stringify(paths['/api/sessions/create']?.post);
  for (const name of ['intervalCount', 'maxCycles', 'initialCycles']) {
    expect(plan).toContain(`"${name}":{"type":["integer","string"]`);
  }
});

test('the tests that prove the documented fields are there', () => {
  const page = documentedPage();
  const files = [...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(files).toContain(PROOF);
  for (const path of files) expect(existsSync(join(root, path)), path).toBe(true);
  const proof = readFileSync(join(root, PROOF), 'utf8');
  // Each row is a test by the name of its field, in a group by the name of its table.
  expect(proof).toContain("test.each(rows)('$name'");
  expect(proof).toContain("test.each(DOCUMENTED_HEADERS)('$name'");
  const named = [...page.matchAll(/ ([\w ]+) › ([\w-]+) \|$/gm)];
  expect(named.length).toBe(page.split('\n').filter((line) => /^\| (`|header)/.test(line)).length);
});
