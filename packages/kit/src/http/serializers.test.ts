// A serialiser is made for its first answer, which may be that of a payment: each must be one that can be made.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastJson from '@fastify/fast-json-stringify-compiler';
import type { Endpoint } from '@ozura/contract/endpoint';
import { expect, test } from 'vitest';
import { schemaController } from './serializers.ts';

const contract = fileURLToPath(import.meta.resolve('@ozura/contract/endpoint')).replace(/endpoint\.ts$/, '');
const files = globSync('**/*.ts', { cwd: contract }).filter((file) => !file.endsWith('.test.ts'));
const modules = await Promise.all(files.map((file): Promise<object> => import(contract + file)));
const endpoints = modules.flatMap((module) => Object.values(module)).filter(isEndpoint);

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'output' in value && 'path' in value && 'method' in value;
}

const compile = fastJson.SerializerSelector()({}, {});
const routeOf = (schema: unknown) => ({ method: 'GET', url: '/', httpStatus: '200', schema });

// Those that are made for each program (`createSession`, `healthOf`) are answered in the tests of it.
test('every endpoint has one', () => {
  expect(endpoints.length).toBeGreaterThan(60);
  for (const { path, output } of endpoints) expect(() => compile(routeOf(output)), path).not.toThrow();
  expect(() => compile(routeOf({ type: 'no type' }))).toThrow(/schema is invalid/);
});

test('it is made once, and writes what the schema names', () => {
  const schema = { type: 'object', properties: { amount: { type: 'string' } } };
  const write = schemaController.compilersFactory.buildSerializer({}, {})(routeOf(schema));
  expect(write({ amount: '18.40', pan: 'never' })).toBe('{"amount":"18.40"}');
  expect(write({ amount: '1.00' })).toBe('{"amount":"1.00"}');
});
