// What the readable page of a service's API says, from the same records as its OpenAPI document. How it is written down is
// the business of `markdown.ts` and `html.ts`.
import type { Endpoint } from '@ozura/contract/endpoint';
import { AUDIENCES, audienceOf, credentialsInWords } from './credentials.ts';
import type { Described } from './document.ts';
import type { Example } from './example.ts';
import { failuresOf } from './failures.ts';
import { limitInWords } from './limits.ts';
import { answerSchema, hasQuery, type Schema, schemaOf } from './schema.ts';

/** Texts and cells may hold `code` and *emphasis*. */
export type Block =
  | { readonly heading: string; readonly level: 2 | 3 }
  | { readonly text: string }
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly summary: string; readonly code: string };

export const blocksOf = ({ endpoints, examples }: Described): readonly Block[] =>
  Object.entries(AUDIENCES).flatMap(([audience, { name, description }]): Block[] => {
    const own = endpoints.filter((endpoint) => audienceOf(endpoint) === audience);
    if (own.length === 0) return [];
    const sections = own.flatMap((one) => sectionOf(one, examples[one.name] ?? []));
    return [{ heading: name, level: 2 }, { text: description }, ...sections];
  });

function sectionOf(endpoint: Endpoint, examples: readonly Example[]): Block[] {
  const { summary, headers = {} } = endpoint;
  const input = schemaOf(endpoint.input, endpoint.name, []);
  const facts = [
    `Credentials: ${credentialsInWords(endpoint)}.`,
    ...(endpoint.limit === undefined ? [] : [`Limit: ${limitInWords(endpoint.limit)}.`]),
  ];
  return [
    { heading: lineOf(endpoint), level: 3 },
    { text: summary },
    { text: facts.join(' ') },
    ...Object.entries(headers).map(([name, what]) => ({ text: `Header \`${name}\`: ${what}` })),
    ...fieldTable(hasQuery(endpoint) ? 'Query' : 'Field', input),
    ...answerTable(answerSchema(endpoint.output)),
    { text: refusals(endpoint) },
    ...examples.map((example) => exampleOf(endpoint, example)),
  ];
}

const lineOf = ({ method, path }: Endpoint): string => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`;

function fieldTable(kind: string, schema: Schema): Block[] {
  const rows = fieldRows(schema, '');
  return rows.length === 0 ? [] : [{ columns: [kind, 'Type', 'Default', ''], rows }];
}

/** A row for each member, those inside of objects and lists too. */
function fieldRows(schema: Schema, prefix: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const standard = required.has(name) ? '*required*' : defaultText(member);
    const rule = [member.description, ...boundsOf(member)].filter((part) => part !== undefined).join(' ');
    const row = [`\`${path}\``, typeText(member), standard, rule];
    return [row, ...fieldRows(member, `${path}.`), ...fieldRows(member.items ?? {}, `${path}[].`)];
  });
}

const defaultText = (member: Schema): string =>
  member.default === undefined ? '' : `\`${JSON.stringify(member.default)}\``;

const typeText = ({ type = '' }: Schema): string => (typeof type === 'string' ? type : type.join(' or '));

function boundsOf(member: Schema): string[] {
  const from = member.minLength ?? member.minimum ?? member.minItems;
  const to = member.maxLength ?? member.maximum ?? member.maxItems;
  const what = member.maxLength !== undefined ? ' characters' : member.maxItems !== undefined ? ' entries' : '';
  const range = from === undefined ? `at most ${to}` : `${from}-${to}`;
  return [
    ...(member.enum === undefined ? [] : [`One of ${member.enum.map((value) => `\`${value}\``).join(', ')}.`]),
    ...(to === undefined ? [] : [`${range}${what}.`]),
  ];
}

function answerTable(schema: Schema): Block[] {
  const { properties = {} } = schema;
  const { data = schema, warnings, cached } = properties;
  const rows = answerRows(data, '');
  const beside = [warnings && '`warnings`', cached && '`cached`'].filter(Boolean);
  const note = beside.length === 0 ? '' : `, beside which there may be ${beside.join(' and ')}`;
  const what = properties.data === undefined ? 'The answer' : '`data` of the answer';
  return rows.length === 0 ? [] : [{ text: `${what}${note}:` }, { columns: ['Member', 'Type'], rows }];
}

function answerRows(schema: Schema, prefix: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const row = [`\`${path}\`${required.has(name) ? '' : ' (optional)'}`, typeText(member)];
    return [row, ...answerRows(member, `${path}.`), ...answerRows(member.items ?? {}, `${path}[].`)];
  });
}

const refusals = (endpoint: Endpoint): string =>
  `Refusals: ${[...failuresOf(endpoint)].map(([status, codes]) => `${status} ${codes.map((code) => `\`${code}\``).join(', ')}`).join(' · ')}`;

function exampleOf(endpoint: Endpoint, { summary, query, body, status = endpoint.status, answer }: Example): Block {
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  const request = body === undefined ? '' : `\n${JSON.stringify(body, null, 2)}\n`;
  const code = `// ${lineOf(endpoint)}${search}${request}\n// ${status}\n${JSON.stringify(answer, null, 2)}`;
  return { summary, code };
}
