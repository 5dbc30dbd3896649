// SQL as a rule about it needs it: the statements that PostgreSQL runs, each on one line.

/** What is quoted may hold anything. */
const PIECE = /--[^\n]*|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|[^'$-]+|[\s\S]/g;
const SQLITE_ONLY = /^-- only sqlite\n[\s\S]*?^-- end$/gm;

/** Without comments; quoted bodies of functions are emptied. */
export function statementsOf(text: string): string[] {
  const pieces = text.replace(SQLITE_ONLY, '').match(PIECE) ?? [];
  const parts = pieces
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => (piece.startsWith("'") && piece.includes(';') ? "''" : piece))
    .map((piece) => (/^\$\w*\$/.test(piece) ? "''" : piece));
  return parts
    .join('')
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter(Boolean);
}

/** Nobody else knows them before the commit. */
export const tablesMadeIn = (text: string): string[] =>
  statementsOf(text).flatMap(
    (statement) => /^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(statement)?.[1] ?? [],
  );

/** Parts of an `ALTER TABLE`, which commas outside of brackets and quotes separate. */
export function actionsOf(actions: string): string[] {
  let depth = 0;
  const found = [''];
  for (const piece of actions.match(/'(?:[^']|'')*'|[\s\S]/g) ?? []) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === ',' && depth === 0) found.push('');
    else found.push(`${found.pop()}${piece}`);
  }
  return found.map((action) => action.trim());
}
