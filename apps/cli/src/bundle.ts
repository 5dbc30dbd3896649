// `ozura bundle`: makes everything that browsers load, for an image whose files cannot be written at run time.
import { asksForHelp, readWords } from './words.ts';

const usage = `Usage: ozura bundle

Makes everything that browsers load, for an image whose files cannot be written at run time.`;

export async function bundleAll(words: readonly string[]): Promise<void> {
  if (asksForHelp(words)) return console.log(usage);
  readWords(words, { positions: [], options: [] }, usage);
  // Unlike all else that we write: it is for whoever runs the programs, who is not the one that installs them.
  process.umask(0o022);
  // The programs themselves are loaded as well, so that the compiler's cache has them.
  const [{ bundleAssets }, { bundleFrames }, { bundleScriptTag }] = await Promise.all([
    import('@ozura/checkout/pages/assets'),
    import('@ozura/vault/frames/page'),
    import('@ozura/vault/frames/script-tag'),
    import('@ozura/checkout/main'),
    import('@ozura/pay/main'),
    import('@ozura/vault/main'),
  ]);
  const files = [...Object.values(bundleAssets()), ...Object.values(bundleFrames()), ...bundleScriptTag()];
  for (const { name, gzipped } of files) console.log(`${name}  ${gzipped.length} bytes gzip`);
}
