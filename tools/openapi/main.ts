// `npm run openapi`: writes docs/api from the records of the contract.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiFiles } from './describe.ts';

const root = join(import.meta.dirname, '../..');

for (const [path, text] of apiFiles()) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
