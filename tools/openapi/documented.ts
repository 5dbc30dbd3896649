// `docs/api/documented-fields.md`: the request tables of the public documentation, each row with the test that proves it.
import { DOCUMENTED_HEADERS, type DocumentedField } from '@ozura/e2e/documented';
import { DOCUMENTED_FIELDS } from '@ozura/e2e/documented-fields';

export const PROOF = 'apps/checkout/src/api/documented-fields.test.ts';

const SECTIONS = [
  { title: 'API reference: create session', table: 'create session', has: () => true },
  { title: 'API reference: create payment link', table: 'create payment link', has: () => true },
  {
    title: 'Payment links: request body',
    table: 'create payment link',
    has: ({ onLinksPage }: DocumentedField) => onLinksPage === true,
  },
] as const;

const headerRows = (table: string): string[] =>
  DOCUMENTED_HEADERS.map(({ name, meaning }) => `| header \`${name}\` | | yes | | ${meaning} | ${table} › ${name} |`);

const row = (table: string, field: DocumentedField): string =>
  `| \`${field.name}\` | ${field.type} | ${field.needed ?? 'no'} | ${field.default ?? ''} | ${field.meaning} | ${table} › ${field.name} |`;

export function documentedPage(): string {
  const sections = SECTIONS.map(({ title, table, has }) => {
    const rows = DOCUMENTED_FIELDS.filter((field) => field.tables.includes(table) && has(field));
    return [
      `## ${title}`,
      [
        '| Field | Type | Needed | Default | What it is | Test |',
        '|---|---|---|---|---|---|',
        ...headerRows(table),
        ...rows.map((field) => row(table, field)),
      ].join('\n'),
    ].join('\n\n');
  });
  return `${[
    '# The documented fields, and what proves them',
    `Written by \`npm run openapi\`; do not edit. Every row of the request tables of the public documentation is a test of \`${PROOF}\`, under the name in the last column. The examples of those pages run in \`apps/checkout/src/api/payment-links/documented.test.ts\` and \`apps/checkout/src/api/sessions/documented.test.ts\`.`,
    ...sections,
  ].join('\n\n')}\n`;
}
