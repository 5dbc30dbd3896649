// What an entry of the SDK exports, read from its bundled declarations: name, comment and declaration.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { child, list, type Node, nameOf } from '../syntax-tree.ts';

export interface Exported {
  readonly name: string;
  readonly kind: 'class' | 'function' | 'type';
  /** Without its stars. */
  readonly comment: string;
  /** As it is published. */
  readonly declaration: string;
  /** Another name of the declaration. */
  readonly aliasOf?: string;
}

type Declarations = ReadonlyMap<string, Omit<Exported, 'name' | 'aliasOf'>>;

/** `folder` holds the declarations of all entries, and what they share. */
export function exportedBy(folder: string, entry: string): Exported[] {
  const shared = readdirSync(folder).filter((file) => /^shared-.*\.d\.ts$/.test(file));
  const files = [`${entry}.d.ts`, ...shared].map((file) => readFileSync(join(folder, file), 'utf8'));
  const known: Declarations = new Map(files.toReversed().flatMap((text) => [...declarationsIn(text)]));
  return namesExported(files[0] ?? '')
    .map(([name, local]) => {
      const found = known.get(local);
      if (found === undefined) throw new Error(`${entry}: ${name} has no declaration`);
      return { name, ...found, ...(name === local ? {} : { aliasOf: local }) };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

const bodyOf = (text: string): Node[] => list(parseAst(text, { lang: 'dts' }) as unknown as Node, 'body');

function declarationsIn(text: string): Declarations {
  const found = new Map<string, Omit<Exported, 'name' | 'aliasOf'>>();
  let from = 0;
  for (const statement of bodyOf(text)) {
    const declared = child(statement, 'declaration') ?? statement;
    const name = declaredName(declared);
    if (name !== undefined) {
      const comment = commentIn(text.slice(from, statement.start));
      const declaration = text.slice(statement.start, statement.end).replace(/^export (declare )?|^declare /, '');
      found.set(name, { kind: kindOf(declared), comment, declaration });
    }
    from = statement.end;
  }
  return found;
}

const declaredName = (declared: Node): string | undefined =>
  nameOf(child(declared, 'id') ?? child(list(declared, 'declarations')[0], 'id'));

/** Pairs of the name outside and the name inside. */
const namesExported = (text: string): [string, string][] =>
  bodyOf(text)
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .flatMap((statement) => {
      const declared = child(statement, 'declaration');
      const own = declared && declaredName(declared);
      const listed = list(statement, 'specifiers').map((one): [string, string] => [
        nameOf(child(one, 'exported')) ?? '',
        nameOf(child(one, 'local')) ?? '',
      ]);
      return own === undefined ? listed : [[own, own] as [string, string], ...listed];
    });

function kindOf({ type }: Node): Exported['kind'] {
  if (type === 'ClassDeclaration') return 'class';
  return type.startsWith('TSInterface') || type.startsWith('TSType') ? 'type' : 'function';
}

function commentIn(before: string): string {
  const [, comment = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before) ?? [];
  return comment.replaceAll(/^\s*\* ?/gm, '').trim();
}
