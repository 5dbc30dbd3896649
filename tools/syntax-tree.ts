// Walking the syntax tree (ESTree with the types of TypeScript) that the parser makes of a source file.

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Calls with the node and everything below it, parents first. */
function visit(node: Node, look: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  look(node, parent);
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) visit(one, look, node);
  }
}

export function find(root: Node, ...types: string[]): Node[] {
  const found: Node[] = [];
  visit(root, (node) => types.includes(node.type) && found.push(node));
  return found;
}

/** The child under a key; undefined when there is none. */
export function child(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

export function list(node: Node, key: string): Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text of an identifier or of a string. */
export function nameOf(node: Node | undefined): string | undefined {
  const name = node?.name ?? node?.value;
  return typeof name === 'string' ? name : undefined;
}

/** `Date.now` of `Date.now()`; undefined for anything but two plain names. */
export function memberOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined;
  const object = nameOf(child(node, 'object'));
  const property = nameOf(child(node, 'property'));
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

export interface NamedFunction {
  readonly node: Node;
  readonly name: string | undefined;
  /** Handed to another function, as the body of a test is. */
  readonly isArgument: boolean;
}

export function functionsOf(program: Node): NamedFunction[] {
  const found: NamedFunction[] = [];
  visit(program, (node, parent) => {
    if (!FUNCTIONS.includes(node.type)) return;
    const name = nameOf(child(node, 'id')) ?? nameOf(child(parent, 'id')) ?? nameOf(child(parent, 'key'));
    found.push({ node, name, isArgument: parent?.type === 'CallExpression' });
  });
  return found;
}
