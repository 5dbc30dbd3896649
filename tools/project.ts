// The project as the rules see it: its files, as text and as syntax trees. A test may make one up.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import type { Node } from './syntax-tree.ts';

export interface TextFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface SourceFile extends TextFile {
  readonly lines: readonly string[];
  readonly program: Node;
  readonly isTest: boolean;
}

export interface Project {
  /** Every file that is or may be committed, without pictures and the like. */
  readonly texts: readonly TextFile[];
  /** The TypeScript among them. */
  readonly sources: readonly SourceFile[];
}

/** Says what is wrong, one sentence each, with the place. */
export type Rule = (project: Project) => string[];

export const place = (file: SourceFile, node: Node): string =>
  `${file.path}:${file.text.slice(0, node.start).split('\n').length}`;

/** `packages/core`, `apps/pay`, `examples/store`, `e2e`, or nothing for a file of the root. */
export function workspaceOf(path: string): string {
  const [first = '', second = '', ...rest] = path.split('/');
  if (['packages', 'apps', 'examples'].includes(first)) return `${first}/${second}`;
  return second === '' && rest.length === 0 ? '' : first;
}

export function projectOf(texts: readonly TextFile[]): Project {
  return { texts, sources: texts.filter(({ path }) => path.endsWith('.ts')).map(sourceOf) };
}

function sourceOf({ path, text }: TextFile): SourceFile {
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    program: parseAst(text, { lang: 'ts' }, path) as unknown as Node,
    isTest: path.endsWith('.test.ts'),
  };
}

let onDisk: Project | undefined;

/** The project on disk, read once. */
export function readProject(): Project {
  onDisk ??= projectOf(
    listFiles()
      .filter((path) => existsSync(join(root, path)))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
      .filter(({ text }) => !text.includes('\0')),
  );
  return onDisk;
}

const root = join(import.meta.dirname, '..');

function listFiles(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.toString().split('\0').filter(Boolean);
  } catch {
    // An unpacked archive, or a machine without git.
    const ignored = new Set(['node_modules', '.git', 'data', 'dist', 'coverage']);
    const entries = globSync('**', { cwd: root, exclude: (entry) => ignored.has(entry.name), withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  }
}
