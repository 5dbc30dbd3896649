// Unpacks the Chromium of the `@sparticuz/chromium` package, so that it runs on a machine with nothing but a C library.
// The package's own code is for one process in a cloud function: fixed names in /tmp, and flags that switch off the
// isolation of sites. Only its archives are used here.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

export interface PackagedChromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Unpacks on first use (about 3 s, 230 MB) into `node_modules/.cache`. */
export function unpackChromium(): PackagedChromium {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium: install it (the packaged one is for Linux on x64 only)');
  }
  const archives = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
  const { version } = JSON.parse(readFileSync(join(archives, '..', 'package.json'), 'utf8')) as { version: string };
  const cache = join(archives, '..', '..', '..', '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) unpack(archives, cache, folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

function unpack(archives: string, cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, 'chromium'), decompressed(archives, 'chromium.br'), { mode: 0o755 });
  // al2023: the network security and XML libraries that a bare system lacks.
  for (const archive of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
    execFileSync('tar', ['-x', '-f', '-', '-C', fresh, '--no-same-owner'], { input: decompressed(archives, archive) });
  }
  // The packaged fonts only: screenshots look alike on every machine.
  writeFileSync(join(fresh, 'fonts.conf'), fontsConf(join(folder, 'fonts'), join(folder, 'fonts-cache')));
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Another run was first.
    rmSync(fresh, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

const decompressed = (archives: string, name: string): Buffer =>
  brotliDecompressSync(readFileSync(join(archives, name)));

const fontsConf = (fonts: string, cache: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>
`;
