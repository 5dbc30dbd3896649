// Builds `@ozura/elements` as merchants install it: ESM and CommonJS, each with its declarations.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { bundleDeclarations } from './declarations.ts';
import { type Entry, entriesOf, home, type Manifest, publishedManifest, readManifest, root } from './entries.ts';

/** Oldest that runs it: Node 18, and browsers of spring 2023. */
const target = 'es2022';

/** Text by path within the package. */
type Files = Readonly<Record<string, string>>;

/** Writes the whole package into `folder`, which need not exist. */
export async function buildPackage(folder: string): Promise<void> {
  const manifest = readManifest();
  write(folder, {
    ...(await buildEntries(manifest)),
    'package.json': `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
    'README.md': readFileSync(join(home, 'README.md'), 'utf8'),
    LICENSE: readFileSync(join(root, 'LICENSE'), 'utf8'),
  });
}

/** Everything below `dist`. */
async function buildEntries(manifest: Manifest): Promise<Files> {
  const entries = entriesOf(manifest);
  const external = Object.keys((manifest.peerDependencies as object | undefined) ?? {});
  const [esm, cjs, declarations] = [
    await buildScripts(entries, 'esm', external),
    await buildScripts(entries, 'cjs', external),
    await bundleDeclarations(entries, external),
  ];
  return { ...esm, ...cjs, ...declarations };
}

async function buildScripts(entries: readonly Entry[], format: 'esm' | 'cjs', external: string[]): Promise<Files> {
  const extension = format === 'esm' ? '.js' : '.cjs';
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map(({ name, source }) => [name, join(root, source)])),
    external: [/^node:/, ...external.map((name) => new RegExp(`^${name}(/|$)`))],
    platform: 'neutral',
    transform: { target },
  });
  const { output } = await bundle.generate({
    format,
    exports: 'named',
    entryFileNames: `[name]${extension}`,
    chunkFileNames: `shared-[name]${extension}`,
    banner: ({ name }) => (name === 'react' ? "'use client';" : ''),
  });
  await bundle.close();
  const chunks = output.filter((one): one is OutputChunk => one.type === 'chunk');
  refusePrivateImports(chunks);
  return Object.fromEntries(chunks.map(({ fileName, code }) => [`dist/${format}/${fileName}`, code]));
}

/** A merchant has none of our workspace. */
function refusePrivateImports(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  for (const { fileName, imports } of chunks) {
    const strange = imports.find((name) => !own.has(name) && !/^node:|^react(\/|$)/.test(name));
    if (strange !== undefined) throw new Error(`${fileName} imports ${strange}`);
  }
}

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
