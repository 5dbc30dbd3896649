// The code blocks of the documentation, and the commands in those that a shell reads.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CodeBlock {
  /** `README.md:24` */
  readonly place: string;
  /** Empty where the page names none. */
  readonly language: string;
  readonly text: string;
}

const FENCED = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** Of every page that is written by hand. */
export function readCodeBlocks(): CodeBlock[] {
  const pages = globSync(['*.md', 'docs/*.md', 'docs/decisions/*.md', 'packages/*/README.md', 'examples/*/README.md'], {
    cwd: root,
  });
  return pages.toSorted().flatMap((page) => {
    const content = readFileSync(`${root}/${page}`, 'utf8');
    return [...content.matchAll(FENCED)].map(({ index, 1: language = '', 2: text = '' }) => ({
      place: `${page}:${content.slice(0, index).split('\n').length}`,
      language,
      text,
    }));
  });
}

/** Whole commands of a block, without comments. A `-d '{…'` goes on over lines. */
export function commandsOf({ text }: CodeBlock): string[] {
  const commands: string[] = [];
  for (const line of text.replaceAll(/\\\n\s*/g, ' ').split('\n')) {
    const open = commands.at(-1);
    const isOpen = open !== undefined && (open.split("'").length - 1) % 2 === 1;
    if (isOpen) commands[commands.length - 1] = `${open}\n${line}`;
    else commands.push(line.replace(/\s+#.*$/, '').trim());
  }
  return commands.filter((command) => command !== '');
}
