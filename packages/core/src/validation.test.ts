// What every record of every endpoint has in common: whose members are read, in which order, and what stands in for them.
import { expect, test } from 'vitest';
import {
  hasControlCharacter,
  Intake,
  integer,
  optional,
  recordWithWarnings,
  required,
  text,
  withDefault,
  withOwnDefault,
} from './validation.ts';

const pet = recordWithWarnings({
  name: required(text(1, 9), 'title', 'label'),
  age: withDefault(integer(0, 99), 1),
  owner: required(text(1, 9)),
  note: optional(text(1, 9)),
  tag: withOwnDefault<string>((value) => (value === undefined ? 'none' : String(value))),
});

function read(sent: unknown, path = '') {
  const intake = new Intake();
  return { found: pet(sent, path, intake), failures: intake.failures, warnings: intake.warnings };
}

test('what is absent or null has its stand-in, and every member is there', () => {
  const found = { name: 'Rex', age: 1, owner: 'Ann', note: undefined, tag: 'none' };
  const right = { found, failures: [], warnings: [] };
  expect(read({ name: 'Rex', owner: 'Ann' })).toStrictEqual(right);
  expect(read({ owner: 'Ann', age: null, note: null, tag: null, name: 'Rex' })).toStrictEqual(right);
});

test('failures come in the order of the shape, and names nobody knows after them', () => {
  const { found, failures, warnings } = read({ zip: 1, note: '', tag: 7, age: 'old', kind: 'dog', title: 4 }, 'pet');
  expect(failures).toEqual([
    'pet.name: must be a string',
    'pet.age: must be an integer',
    'pet.owner: is required',
    'pet.note: must be 1-9 characters',
  ]);
  expect(warnings).toEqual(['pet.zip: unknown field ignored', 'pet.kind: unknown field ignored']);
  expect(found).toStrictEqual({ name: undefined, age: undefined, owner: undefined, note: undefined, tag: '7' });
});

test.each([
  [{ label: 'c', title: 'b', name: 'a' }, 'a'],
  [{ label: 'c', title: 'b', name: null }, 'b'],
  [{ label: 'c', title: null }, 'c'],
])('%j: its own name comes before its aliases, and they in their order', (sent, name) => {
  expect(read({ ...sent, owner: 'Ann' })).toMatchObject({ found: { name }, failures: [], warnings: [] });
});

test('only members of its own are read, and none of them changes what the result is', () => {
  const inherited = Object.create({ name: 'Rex', title: 'Rex', owner: 'Ann', zip: 1 });
  expect(read(inherited)).toMatchObject({ failures: ['name: is required', 'owner: is required'], warnings: [] });
  const { found, warnings } = read(JSON.parse('{"name":"Rex","owner":"Ann","__proto__":{"note":"x"},"constructor":1}'));
  expect(found).toMatchObject({ note: undefined });
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
  expect(warnings).toEqual(['__proto__: unknown field ignored', 'constructor: unknown field ignored']);
});

test('one reading leaves nothing behind for the next', () => {
  read({ name: 'Rex', owner: 'Ann', age: 7, note: 'x', zip: 1 });
  expect(read({ name: 'Kim', owner: 'Ann' })).toStrictEqual({
    found: { name: 'Kim', age: 1, owner: 'Ann', note: undefined, tag: 'none' },
    failures: [],
    warnings: [],
  });
});

test('control characters are those that Unicode calls so', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  expect(all.filter(hasControlCharacter)).toEqual(all.filter((character) => /\p{Cc}/u.test(character)));
  expect(hasControlCharacter('Tea 🫖 for two')).toBe(false);
});
