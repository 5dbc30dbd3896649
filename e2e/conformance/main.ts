// `npm run conformance` prints the table and what fails; `-- --write` also puts it into the guide.
import { readFileSync, writeFileSync } from 'node:fs';
import { runConformance } from './run.ts';
import { failuresOf, tableOf } from './table.ts';

const guide = new URL('../../docs/adding-a-processor.md', import.meta.url);

const conformance = await runConformance();
const table = tableOf(conformance);
const failures = failuresOf(conformance);
console.log(table);
for (const failure of failures) console.log(failure);
if (process.argv.includes('--write')) {
  const text = readFileSync(guide, 'utf8');
  writeFileSync(guide, text.replace(/\| Case \|[\s\S]*?\n(?!\|)/, table));
}
console.log(failures.length === 0 ? 'Every processor passes.' : `${failures.length} cases fail.`);
process.exitCode = failures.length === 0 ? 0 : 1;
