// The page of a service's API for readers of the repository.
import type { Service } from '@ozura/core/errors';
import type { Block } from './page.ts';

export const markdownOf = (blocks: readonly Block[], title: string, service: Service): string =>
  `${[`# ${title}`, intro(service), ...blocks.map(textOf)].join('\n\n')}\n`;

const intro = (service: Service): string =>
  `Written by \`npm run openapi\`; do not edit. The same as [OpenAPI 3.1](${service}.json), which the service serves as \`/openapi.json\`, and as \`/docs\` to read. Error codes: [errors](../errors.md).`;

function textOf(block: Block): string {
  if ('heading' in block) return `${'#'.repeat(block.level)} ${block.heading}`;
  if ('text' in block) return block.text;
  if ('code' in block) {
    return `<details><summary>${block.summary}</summary>\n\n\`\`\`jsonc\n${block.code}\n\`\`\`\n\n</details>`;
  }
  const rule = `|${block.columns.map(() => '---|').join('')}`;
  return [line(block.columns), rule, ...block.rows.map((row) => line(row.map(cell)))].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
