// Every example of the three API descriptions, sent to the running system that serves them (contract 14.4).
import { createHash } from 'node:crypto';
import { isObject } from '@ozura/core/validation';
import { Check } from 'typebox/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSamples, type Samples } from './api-samples.ts';
import { type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

interface Named {
  readonly [name: string]: { readonly summary: string; readonly value: unknown };
}
interface Content {
  readonly content: { readonly 'application/json': { readonly schema: object; readonly examples?: Named } };
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly []>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly examples?: Named }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, { readonly name?: string }>>;
    readonly schemas: { readonly Failure: object };
  };
}

const MERCHANT_NAMED = [
  'createApplication',
  'listApplications',
  'getApplication',
  'updateApplication',
  'deleteApplication',
];

test.each(['checkout', 'vault', 'pay'] as const)('the examples of %s come true', async (service) => {
  const base = system.dev[`${service}Url`];
  const served = await fetch(`${base}/openapi.json`);
  expect([served.status, served.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  const description = (await served.json()) as Description;
  expect(description.openapi).toBe('3.1.0');
  let ran = 0;
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        for (const [name, { value }] of Object.entries(content['application/json'].examples ?? {})) {
          const request = await requestOf(description, { path, operation, name });
          const answer = await fetch(base + request.path, { ...request.init, method: method.toUpperCase() });
          const body: unknown = await answer.json();
          const where = `${operation.operationId}, ${name}: ${JSON.stringify(body)}`;
          expect(answer.status, where).toBe(Number(status));
          expect(Check(wholeSchema(description, content['application/json'].schema), body), where).toBe(true);
          if (operation.operationId !== 'openapi') expect(membersOf(body), where).toEqual(membersOf(value));
          ran += 1;
        }
      }
    }
  }
  expect(ran).toBeGreaterThan(5);
});

test.each(['checkout', 'vault', 'pay'] as const)('%s serves what it describes', async (service) => {
  const base = system.dev[`${service}Url`];
  const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as Description;
  for (const [path, operations] of Object.entries(paths)) {
    const described = Object.keys(operations).map((method) => method.toUpperCase());
    // A method that the path does not have is answered with those that it has.
    const other = ['PATCH', 'PUT', 'DELETE', 'GET'].find((method) => !described.includes(method));
    const answer = await fetch(base + path.replace(/\{\w+\}/g, 'x'), { method: other ?? 'PATCH' });
    const allowed = (answer.headers.get('allow') ?? '').split(', ');
    expect([path, answer.status, described.filter((method) => !allowed.includes(method))]).toEqual([path, 405, []]);
  }
});

test.each(['checkout', 'vault', 'pay'] as const)(
  '%s shows people what it describes, with nothing but a style',
  async (service) => {
    const base = system.dev[`${service}Url`];
    const answer = await fetch(`${base}/docs`);
    const html = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const style = createHash('sha256').update(html.split(/<\/?style>/)[1] ?? '');
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${style.digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(html).not.toMatch(/<(script|link|img|iframe)|<[^>]* style=/);
    const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as Description;
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations))
        expect(html).toContain(`<code>${method.toUpperCase()} ${path}</code></h3>`);
    }
  },
);

interface Example {
  readonly path: string;
  readonly operation: Operation;
  readonly name: string;
}

async function requestOf(description: Description, { path, operation, name }: Example) {
  const samples = openSamples(system.dev);
  const query = new URLSearchParams();
  let filledPath = path;
  for (const parameter of operation.parameters ?? []) {
    const value = parameter.examples?.[name]?.value;
    if (value === undefined) continue;
    const real = await samples.fill(String(value));
    if (parameter.in === 'path') filledPath = filledPath.replace(`{${parameter.name}}`, encodeURIComponent(real));
    else query.set(parameter.name, real);
  }
  const body = operation.requestBody?.content['application/json'].examples?.[name]?.value;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(await credentials(description, operation, samples)),
    ...(MERCHANT_NAMED.includes(operation.operationId) ? { 'x-merchant-id': system.dev.merchantId } : {}),
  };
  return {
    path: filledPath + (query.size === 0 ? '' : `?${query}`),
    init: { headers, ...(body === undefined ? {} : { body: await samples.fill(JSON.stringify(body)) }) },
  };
}

async function credentials({ components }: Description, { security }: Operation, samples: Samples) {
  const headers: Record<string, string> = {};
  for (const scheme of Object.keys(security[0] ?? {})) {
    headers[components.securitySchemes[scheme]?.name ?? 'authorization'] = await samples.credential(scheme);
    if (scheme === 'page') headers['sec-fetch-site'] = 'same-origin';
  }
  return headers;
}

/** With the one schema that others refer to put in. */
const wholeSchema = ({ components }: Description, schema: object): object =>
  JSON.parse(
    JSON.stringify(schema).replaceAll(
      '{"$ref":"#/components/schemas/Failure"}',
      JSON.stringify(components.schemas.Failure),
    ),
  ) as object;

/** Names of members at every depth; values are an installation's own. */
function membersOf(value: unknown): unknown {
  if (Array.isArray(value)) return isObject(value[0]) ? [membersOf(value[0])] : 'list';
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, membersOf(member)]))
    : typeof value;
}
