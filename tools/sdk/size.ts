// What a page loads for an entry: bundled, minified, gzip, in bytes. The same measure for everybody's packages.
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** `shared` is loaded by the page anyway and not counted, as is React. */
export async function gzippedSize(file: string, shared: readonly string[] = []): Promise<number> {
  const bundle = await rolldown({
    input: file,
    external: [/^react(-dom)?(\/|$)/, ...shared],
    platform: 'browser',
    transform: { target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' } },
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return output.reduce((sum, one) => sum + (one.type === 'chunk' ? gzipSync(one.code, { level: 9 }).length : 0), 0);
}
