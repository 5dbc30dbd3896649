// Parts of the language that the project does without.
import { place, type Rule, type SourceFile } from '../project.ts';
import { child, find, list, type Node, nameOf } from '../syntax-tree.ts';

const without =
  (what: string, occurrences: (file: SourceFile) => Node[]): Rule =>
  ({ sources }) =>
    sources.flatMap((file) => occurrences(file).map((node) => `${place(file, node)}: ${what}`));

export const noAny = without('any', ({ program }) => find(program, 'TSAnyKeyword'));

export const noEnum = without('enum', ({ program }) => find(program, 'TSEnumDeclaration'));

export const noDefaultExport = without('a default export', ({ path, program }) =>
  // The tools that read `*.config.ts` want one.
  path.endsWith('.config.ts')
    ? []
    : [
        ...find(program, 'ExportDefaultDeclaration'),
        ...find(program, 'ExportSpecifier').filter((node) => nameOf(child(node, 'exported')) === 'default'),
      ],
);

/** A file that only passes on what others export. The published SDK has one for each entry. */
export const noBarrel = without('a file that only re-exports', ({ path, program }) => {
  const statements = list(program, 'body');
  const passesOn = (node: Node): boolean => child(node, 'source') !== undefined && node.type.startsWith('Export');
  return !path.startsWith('packages/elements/') && statements.length > 0 && statements.every(passesOn) ? [program] : [];
});
