// What a source file imports and exports, and which file of the project a specifier means.
import { posix } from 'node:path';
import type { Project, SourceFile } from './project.ts';
import { child, find, list, type Node, nameOf } from './syntax-tree.ts';

export interface Import {
  readonly node: Node;
  readonly specifier: string;
  /** Imported names; `*` for a namespace or a dynamic import. */
  readonly names: readonly string[];
  /** Erased before the program runs. */
  readonly isType: boolean;
}

export interface Export {
  readonly node: Node;
  readonly name: string;
  readonly isType: boolean;
}

export function importsOf({ program }: SourceFile): Import[] {
  return find(
    program,
    'ImportDeclaration',
    'ExportNamedDeclaration',
    'ExportAllDeclaration',
    'ImportExpression',
    'TSImportType',
  ).flatMap((node) => {
    const specifier = nameOf(child(node, 'source') ?? child(child(node, 'argument'), 'literal'));
    if (specifier === undefined) return [];
    const specifiers = list(node, 'specifiers');
    // Of `import { type A }` the import itself stays, and loads the module.
    const isType = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
    return [{ node, specifier, names: importedNames(node, specifiers), isType }];
  });
}

function importedNames({ type }: Node, specifiers: readonly Node[]): string[] {
  if (type !== 'ImportDeclaration' && type !== 'ExportNamedDeclaration') return ['*'];
  return specifiers.map((one) => {
    if (one.type === 'ImportNamespaceSpecifier') return '*';
    if (one.type === 'ImportDefaultSpecifier') return 'default';
    return nameOf(child(one, 'imported') ?? child(one, 'local')) ?? '*';
  });
}

export function exportsOf({ program }: SourceFile): Export[] {
  return find(program, 'ExportNamedDeclaration', 'ExportDefaultDeclaration').flatMap((node) => {
    if (node.type === 'ExportDefaultDeclaration') return [{ node, name: 'default', isType: false }];
    const declaration = child(node, 'declaration');
    const isType = node.exportKind === 'type' || (declaration?.type ?? '').startsWith('TS');
    return [...declaredNames(declaration), ...list(node, 'specifiers').map((one) => nameOf(child(one, 'exported')))]
      .filter((name) => name !== undefined)
      .map((name) => ({ node, name, isType }));
  });
}

function declaredNames(declaration: Node | undefined): (string | undefined)[] {
  if (declaration === undefined) return [];
  if (declaration.type !== 'VariableDeclaration') return [nameOf(child(declaration, 'id'))];
  return list(declaration, 'declarations').map((one) => nameOf(child(one, 'id')));
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** The file of the project that an import means; undefined for packages of others. */
export function resolverOf(project: Project): (from: string, specifier: string) => string | undefined {
  const paths = new Set(project.texts.map(({ path }) => path));
  const manifests = manifestsOf(project);
  return (from, specifier) => {
    const path = specifier.startsWith('.')
      ? posix.join(posix.dirname(from), specifier)
      : manifests
          .map(({ folder, manifest }) => exportedPath(folder, manifest, specifier))
          .find((found) => found !== undefined);
    return path !== undefined && paths.has(path) ? path : undefined;
  };
}

export function manifestsOf(project: Project): { folder: string; manifest: Manifest & Record<string, unknown> }[] {
  return project.texts
    .filter(({ path }) => posix.basename(path) === 'package.json')
    .map(({ path, text }) => ({ folder: posix.dirname(path), manifest: JSON.parse(text) }));
}

function exportedPath(folder: string, { name, exports = {} }: Manifest, specifier: string): string | undefined {
  if (specifier !== name && !specifier.startsWith(`${name}/`)) return undefined;
  const subpath = `.${specifier.slice(name.length)}`;
  const exact = targetOf(exports[subpath]);
  const pattern = targetOf(exports['./*']);
  const target = exact ?? pattern?.replace('*', subpath.slice('./'.length));
  return target === undefined ? undefined : posix.join(folder, target);
}

/** A path, or the last of several conditions, which is the default one. */
export function targetOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  return targetOf(Object.values(entry).at(-1));
}
