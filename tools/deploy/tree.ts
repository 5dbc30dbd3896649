// Reads the YAML and JSON of `deploy/`, and finds its way in it.
import { parseAllDocuments } from 'yaml';

export type Tree = string | number | boolean | null | readonly Tree[] | { readonly [member: string]: Tree };

/** The documents of a YAML file; anything that is not quite YAML is an error. */
export function readYaml(text: string): Tree[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw problem;
    return document.toJS() as Tree;
  });
}

/** What stands at a path such as `spec.template.spec`; nothing where a member is missing. */
export const at = (tree: Tree | undefined, path: string): Tree | undefined =>
  path
    .split('.')
    .reduce<Tree | undefined>(
      (here, member) =>
        here !== null && typeof here === 'object' ? (here as { readonly [name: string]: Tree })[member] : undefined,
      tree,
    );

export function listAt(tree: Tree | undefined, path: string): readonly Tree[] {
  const found = at(tree, path);
  return Array.isArray(found) ? (found as readonly Tree[]) : [];
}

export function entriesAt(tree: Tree | undefined, path: string): readonly [string, Tree][] {
  const found = at(tree, path);
  return found !== null && typeof found === 'object' && !Array.isArray(found) ? Object.entries(found) : [];
}

/** Every value with this name, however deep. */
export function everyOf(tree: Tree, name: string): Tree[] {
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([member, value]) => [
    ...(member === name ? [value as Tree] : []),
    ...everyOf(value as Tree, name),
  ]);
}
