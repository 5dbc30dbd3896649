// `npm run sdk`: builds and packs `@ozura/elements`, and says where the tarball is; with `reference`, writes its pages. `npm pack` in its folder calls the rest.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { home, root } from './entries.ts';
import { packOnce } from './pack.ts';
import { referenceOf } from './reference.ts';
import { putPublishedManifest, restoreManifest } from './swap.ts';

const [step = 'pack'] = process.argv.slice(2);

switch (step) {
  case 'pack':
    console.log(relative(process.cwd(), await packForExamples()));
    break;
  case 'prepack':
    putPublishedManifest(home, (await packOnce()).folder);
    break;
  case 'postpack':
    restoreManifest(home);
    break;
  case 'reference':
    for (const [path, text] of Object.entries(referenceOf(await packOnce()))) writeFileSync(join(root, path), text);
    break;
  default:
    console.error(`unknown step: ${step} (pack, reference, prepack, postpack)`);
    process.exitCode = 1;
}

/** Under a name that a package.json can point at. */
async function packForExamples(): Promise<string> {
  const target = join(home, 'dist/ozura-elements.tgz');
  copyFileSync((await packOnce()).tarball, target);
  return target;
}
