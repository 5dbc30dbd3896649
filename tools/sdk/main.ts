// `npm run sdk`: builds and packs `@ozura/elements`, and says where the tarball is. `npm pack` in its folder calls the rest.
import { relative } from 'node:path';
import { home } from './entries.ts';
import { packOnce } from './pack.ts';
import { putPublishedManifest, restoreManifest } from './swap.ts';

const [step = 'pack'] = process.argv.slice(2);

switch (step) {
  case 'pack':
    console.log(relative(process.cwd(), (await packOnce()).tarball));
    break;
  case 'prepack':
    putPublishedManifest(home, (await packOnce()).folder);
    break;
  case 'postpack':
    restoreManifest(home);
    break;
  default:
    console.error(`unknown step: ${step} (pack, prepack, postpack)`);
    process.exitCode = 1;
}
