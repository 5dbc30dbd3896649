// `ozura bundle`: makes everything that browsers load, for an image whose files cannot be written at run time.

export async function bundleAll(): Promise<void> {
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
