// Browser files: bundled from source, minified, named by their content, ready to be served for ever.
//
//   const script = bundle(new URL('../browser/checkout.ts', import.meta.url));   // .ts and .css; any other file as it is
//   html`<script type="module" src="${script.url}" integrity="${script.integrity}"></script>`
//   serveFiles(app, [script, style]);                                            // kit/http/files.ts: GET /assets/…
//
// Call it once at the start of a program. The bundle is kept in `dist/` of the package that owns the entry and made
// again only when the content of one of its sources changed, so a start reads it in about a millisecond.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { BuildOptions, BuildResult } from 'esbuild';

export interface BrowserFile {
  /** `checkout.9f86d081884c.js` */
  readonly name: string;
  /** The path under which `serveFiles` serves it. */
  readonly url: string;
  /** For the `integrity` attribute and, in quotes, for `script-src`. */
  readonly integrity: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** What `dist/` keeps: the text, and the sources that it was made from by their digests. */
interface Build {
  readonly recipe: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly text: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const OPTIONS = {
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
} as const satisfies BuildOptions;
const recipe = JSON.stringify(OPTIONS);

export function bundle(entry: URL): BrowserFile {
  const path = fileURLToPath(entry);
  const extension = extname(path);
  const built = extension === '.ts' || extension === '.css';
  const bytes = built ? Buffer.from(buildOnce(path)) : readFileSync(path);
  return browserFile(basename(path, extension), extension === '.ts' ? '.js' : extension, bytes);
}

function browserFile(stem: string, extension: string, bytes: Buffer): BrowserFile {
  const name = `${stem}.${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}${extension}`;
  return {
    name,
    url: `/assets/${name}`,
    integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    type: TYPES[extension] ?? 'application/octet-stream',
    bytes,
    gzipped: gzipSync(bytes, { level: 9 }),
  };
}

function buildOnce(entry: string): string {
  const home = packageOf(entry);
  const kept = join(home, 'dist', `${relative(home, entry).replaceAll(/[\\/]/g, '-')}.json`);
  const known = readBuild(kept);
  if (known !== undefined && isCurrent(known, home)) return known.text;
  const fresh = build(entry, home);
  keep(kept, fresh);
  return fresh.text;
}

function packageOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) || folder === dirname(folder) ? folder : packageOf(folder);
}

function readBuild(path: string): Build | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Build;
  } catch {
    return undefined;
  }
}

const isCurrent = (known: Build, home: string): boolean =>
  known.recipe === recipe &&
  Object.entries(known.sources).every(
    ([source, digest]) => existsSync(join(home, source)) && digestOf(join(home, source)) === digest,
  );

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('base64');

function build(entry: string, home: string): Build {
  // Loaded only here, and in its synchronous form: a program that serves keeps neither its code nor its process.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as {
    buildSync(options: BuildOptions): BuildResult<{ write: false; metafile: true }>;
  };
  const { outputFiles, metafile } = buildSync({
    ...OPTIONS,
    entryPoints: [entry],
    absWorkingDir: home,
    outdir: 'dist',
    metafile: true,
    write: false,
  });
  const sources = Object.keys(metafile.inputs).map((source) => [source, digestOf(join(home, source))]);
  return { recipe, sources: Object.fromEntries(sources), text: outputFiles[0]?.text ?? '' };
}

/** In one step, as other programs may be starting; an installation that is read-only builds at every start. */
function keep(path: string, fresh: Build): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(fresh));
    renameSync(draft, path);
  } catch {
    // What was built is in memory.
  }
}
