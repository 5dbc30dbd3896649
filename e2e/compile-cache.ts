// What programs that tests start are given beside their own variables: where code is that another start has compiled.
import { fileURLToPath } from 'node:url';

/** The folder that `ozura` uses itself; named by a variable it serves the first file too, as `tools/run` does. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/ozura', import.meta.url)),
};
