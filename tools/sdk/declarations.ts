// Declarations of the published package: emitted by the compiler, then bundled, so that they name nothing private.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { type Entry, root } from './entries.ts';

/** Text by path within the package, for both module formats. */
export async function bundleDeclarations(
  entries: readonly Entry[],
  external: readonly string[],
): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-declarations-'));
  try {
    emit(folder);
    const bundle = await rolldown({
      input: Object.fromEntries(entries.map(({ name, source }) => [name, join(folder, declarationOf(source))])),
      external: [/^node:/, ...external.map((name) => new RegExp(`^${name}(/|$)`))],
      // `oxc` is not asked to make any: all input is declarations already.
      plugins: [resolveEmitted(folder), dts({ dtsOnly: true, tsconfig: false, generator: 'oxc' })],
    });
    const { output } = await bundle.generate({ format: 'esm', chunkFileNames: 'shared-[name].d.ts' });
    await bundle.close();
    return inBothFormats(output.filter((one): one is OutputChunk => one.type === 'chunk'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const declarationOf = (source: string): string => source.replace(/(\.d)?\.tsx?$/, '.d.ts');

function emit(folder: string): void {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: root,
      outDir: folder,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['core', 'contract', 'elements'].map((name) => join(root, 'packages', name, 'src')),
    exclude: [join(root, 'packages/*/src/**/*.test.*')],
  };
  const path = join(folder, 'tsconfig.json');
  writeFileSync(path, JSON.stringify(config));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', path], { stdio: 'inherit' });
}

/** Our sources import each other by source: `./protocol.ts`, `@ozura/core/billing`. */
const resolveEmitted = (folder: string): Plugin => ({
  name: 'emitted-declarations',
  resolveId(specifier, importer) {
    const [, workspace, subpath] = /^@ozura\/(core|contract)\/(.+)$/.exec(specifier) ?? [];
    if (workspace !== undefined) return join(folder, 'packages', workspace, `src/${subpath}.d.ts`);
    if (!specifier.startsWith('.') || importer === undefined) return null;
    return join(dirname(importer), declarationOf(specifier));
  },
});

/** The same text twice: only the names of the files beside it differ. */
function inBothFormats(chunks: readonly OutputChunk[]): Record<string, string> {
  return Object.fromEntries(
    chunks.flatMap(({ fileName, code }) => [
      [`dist/esm/${fileName}`, code],
      [`dist/cjs/${fileName.replace(/\.ts$/, '.cts')}`, code.replaceAll(/(from '?"?\.\/[^'"]+)\.js/g, '$1.cjs')],
    ]),
  );
}
