// Two pages from the published declarations: the reference for people, and the report in which a review sees every change of the API.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, readManifest } from './entries.ts';
import { type Exported, exportedBy } from './exported.ts';
import type { Packed } from './pack.ts';

/** Text by path from the root of the project. */
export function referenceOf({ folder }: Packed): Readonly<Record<string, string>> {
  const declarations = join(folder, 'dist/esm');
  return { 'docs/api/sdk.md': reference(declarations), 'docs/api/sdk.d.ts.txt': report(declarations) };
}

const note = 'Written by `npm run sdk -- reference`; a test fails when it is not up to date.';

function reference(folder: string): string {
  const { name } = readManifest();
  const chapters = entriesOf(readManifest()).map((entry) =>
    chapter(`${name}${entry.subpath.slice(1)}`, exportedBy(folder, entry.name)),
  );
  return `# ${name}\n\nEvery export with its type. How to use them is in \`packages/elements/README.md\`. ${note}\n\n${chapters.join('\n')}`;
}

const KINDS = [
  ['class', 'Classes'],
  ['function', 'Functions and values'],
  ['type', 'Types'],
] as const;

function chapter(specifier: string, exported: readonly Exported[]): string {
  const sections = KINDS.map(([kind, title]) => [title, exported.filter((one) => one.kind === kind)] as const);
  const written = sections.filter(([, all]) => all.length > 0).map(([title, all]) => section(title, all));
  return `## \`${specifier}\`\n\n${written.join('\n')}`;
}

const section = (title: string, all: readonly Exported[]): string => `### ${title}\n\n${all.map(item).join('\n')}`;

function item({ name, aliasOf, comment, declaration }: Exported): string {
  if (aliasOf !== undefined) return `#### ${name}\n\nDeprecated name of \`${aliasOf}\`.\n`;
  const text = comment.replaceAll(/^@deprecated (.+)$/gm, 'Deprecated: use $1.');
  return `#### ${name}\n\n${text === '' ? '' : `${text}\n\n`}\`\`\`ts\n${declaration}\n\`\`\`\n`;
}

function report(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith('.d.ts'));
  const parts = files
    .toSorted()
    .map((file) => `// ─── ${file}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`);
  return `// The published API. ${note}\n\n${parts.join('\n')}`;
}
