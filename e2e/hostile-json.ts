// JSON as nobody should send it: values that break parsers, checks and stores, at any place of an otherwise good body.
import * as fc from 'fast-check';

/** Stands for text that `JSON.stringify` would not write. */
const raw = (text: string): string => `@raw(${text})`;

const deep = (levels: number): string => raw(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

const LEAVES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  raw('-0'),
  1,
  -1,
  2.5,
  0.1 + 0.2,
  1e21,
  1e-7,
  raw('1e400'),
  raw('-1e400'),
  raw('9007199254740993'),
  raw('1.0'),
  raw('"\\ud800"'),
  raw('"\\u0000"'),
  raw('{"__proto__":{"x":1}}'),
  raw('{"constructor":1}'),
  raw('{"a":1,"a":2}'),
  raw('[[[[]]]]'),
  deep(9),
  deep(40),
  deep(2_000),
  '',
  ' ',
  'a\u0007b',
  '\u202Eabc',
  '💥',
  '٣',
  'true',
  'null',
  '0',
  '0.00',
  '1,000.00',
  '1e3',
  '+5',
  '-5',
  '10.075',
  '1000000',
  '999999.99',
  'NaN',
  'Infinity',
  'JPY',
  'kwd',
  'XAU',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://',
  'https:///x',
  '//shop.example',
  'https://me:pw@shop.example/',
  'https://a b/',
  'https://a;script-src/',
  "https://'self'",
  'https://*.example',
  'http://[::1',
  'https://例え.テスト/?q=ü#ß',
  'https://shop.example/\\x',
  'https://shop.example/a\tb',
  `https://shop.example/${'x'.repeat(2_050)}`,
  '{{7*7}}',
  "'; DROP TABLE sessions; --",
  '</script><script>alert(1)</script>',
  'x'.repeat(201),
  'x'.repeat(11_000),
  'é'.repeat(6_000),
  [],
  {},
  [null],
  [{}],
  { a: { b: [1, 'x', null] } },
];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LEAVES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.integer() },
);

type Path = readonly (string | number)[];

/** Of every value inside, itself included. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((member, at) => (at === Number(name) ? replaced(member, rest, by) : member));
  const members = typeof value === 'object' && value !== null ? value : {};
  const inner = (members as Record<string, unknown>)[name];
  return { ...members, [name]: replaced(inner, rest, by) };
}

/** One of the good bodies with up to four of its values, or of other known names, replaced; now and then no JSON at all. */
export function hostileBody(good: readonly object[], names: readonly string[]): fc.Arbitrary<string> {
  const changed = fc.constantFrom(...good).chain((body) => {
    const places = [...pathsOf(body).filter((path) => path.length > 0), ...names.map((name) => [name])];
    const change = fc.record({ path: fc.constantFrom(...places), by: leaf });
    return fc
      .array(change, { maxLength: 4 })
      .map((changes) => written(changes.reduce((at, { path, by }) => replaced(at, path, by) as object, body)));
  });
  return fc.oneof(
    { weight: 30, arbitrary: changed },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ maxLength: 60 }) },
    { weight: 1, arbitrary: leaf.map(written) },
  );
}

const written = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replace(/"@raw\(((?:[^"\\]|\\.)*?)\)"/g, (_all, text: string) =>
    JSON.parse(`"${text}"`),
  );
