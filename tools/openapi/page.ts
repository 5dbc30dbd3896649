// The readable page of a service's API, from the same records as its OpenAPI document.
import type { Endpoint } from '@ozura/contract/endpoint';
import { AUDIENCES, audienceOf, credentialsInWords } from './credentials.ts';
import type { Described } from './document.ts';
import type { Example } from './example.ts';
import { failuresOf } from './failures.ts';
import { limitInWords } from './limits.ts';
import { answerSchema, hasQuery, type Schema, schemaOf } from './schema.ts';

export function pageOf({ service, endpoints, examples }: Described, title: string): string {
  const audiences = Object.entries(AUDIENCES).map(([audience, { name, description }]) => {
    const own = endpoints.filter((endpoint) => audienceOf(endpoint) === audience);
    if (own.length === 0) return '';
    return [`## ${name}`, description, ...own.map((one) => sectionOf(one, examples[one.name] ?? []))].join('\n\n');
  });
  return `${[
    `# ${title}`,
    `Written by \`npm run openapi\`; do not edit. The same as [OpenAPI 3.1](${service}.json), which the service serves as \`/openapi.json\`. Error codes: [errors](../errors.md).`,
    ...audiences.filter((part) => part !== ''),
  ].join('\n\n')}\n`;
}

function sectionOf(endpoint: Endpoint, examples: readonly Example[]): string {
  const { method, path, summary, headers = {} } = endpoint;
  const input = schemaOf(endpoint.input, endpoint.name, []);
  const facts = [
    `Credentials: ${credentialsInWords(endpoint)}.`,
    ...(endpoint.limit === undefined ? [] : [`Limit: ${limitInWords(endpoint.limit)}.`]),
  ];
  return [
    `### ${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
    summary,
    facts.join(' '),
    ...Object.entries(headers).map(([name, what]) => `Header \`${name}\`: ${what}`),
    ...fieldTable(hasQuery(endpoint) ? 'Query' : 'Field', input),
    ...answerTable(answerSchema(endpoint.output)),
    refusals(endpoint),
    ...examples.map((example) => exampleText(endpoint, example)),
  ].join('\n\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function fieldTable(kind: string, schema: Schema): string[] {
  const rows = fieldRows(schema, '');
  return rows.length === 0 ? [] : [[`| ${kind} | Type | Default | |`, '|---|---|---|---|', ...rows].join('\n')];
}

/** A row for each member, those inside of objects and lists too. */
function fieldRows(schema: Schema, prefix: string): string[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const standard = required.has(name) ? '*required*' : defaultText(member);
    const rule = [member.description, ...boundsOf(member)].filter((part) => part !== undefined).join(' ');
    const row = `| \`${path}\` | ${typeText(member)} | ${standard} | ${cell(rule)} |`;
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

function answerTable(schema: Schema): string[] {
  const { properties = {} } = schema;
  const { data = schema, warnings, cached } = properties;
  const rows = answerRows(data, '');
  const beside = [warnings && '`warnings`', cached && '`cached`'].filter(Boolean);
  const note = beside.length === 0 ? '' : `, beside which there may be ${beside.join(' and ')}`;
  const what = properties.data === undefined ? 'The answer' : '`data` of the answer';
  return rows.length === 0 ? [] : [`${what}${note}:\n\n${['| Member | Type |', '|---|---|', ...rows].join('\n')}`];
}

function answerRows(schema: Schema, prefix: string): string[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const row = `| \`${path}\`${required.has(name) ? '' : ' (optional)'} | ${typeText(member)} |`;
    return [row, ...answerRows(member, `${path}.`), ...answerRows(member.items ?? {}, `${path}[].`)];
  });
}

const refusals = (endpoint: Endpoint): string =>
  `Refusals: ${[...failuresOf(endpoint)].map(([status, codes]) => `${status} ${codes.map((code) => `\`${code}\``).join(', ')}`).join(' · ')}`;

function exampleText(endpoint: Endpoint, { summary, query, body, status = endpoint.status, answer }: Example): string {
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  const request = body === undefined ? '' : `\n${JSON.stringify(body, null, 2)}\n`;
  const line = `${endpoint.method} ${endpoint.path.replace(/:(\w+)/g, '{$1}')}${search}`;
  return [
    `<details><summary>${summary}</summary>`,
    `\`\`\`jsonc\n// ${line}${request}\n// ${status}\n${JSON.stringify(answer, null, 2)}\n\`\`\``,
    '</details>',
  ].join('\n\n');
}
