// Web Crypto is a global everywhere but in Node 18, which has it in a module.

export async function openCrypto(): Promise<Crypto> {
  if (typeof crypto !== 'undefined') return crypto;
  // Bundlers for other runtimes must not look for it.
  const { webcrypto } = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:crypto');
  return webcrypto as Crypto;
}
