// Where the database of a program is: at an address of PostgreSQL, or in a file.
import type { EnvReader } from '@ozura/kit/env';

export const isPostgres = (url: string): boolean => /^postgres(ql)?:/.test(url);

const anyAddress = /^[a-z][a-z0-9+.-]*:\/\//i;
/** A client takes one without a host too: then that of a socket stands behind the question mark. */
const isReadable = (url: string): boolean => URL.canParse(url) || URL.canParse(url.replace('@/', '@socket/'));

/** With a password in it: may be in a file. */
export function readDatabaseUrl(env: EnvReader, name: string, fallback: string): string {
  if (!env.has(name)) return fallback;
  const url = env.secret(name);
  // As a path it would become a folder of that name.
  if (anyAddress.test(url) && !isPostgres(url)) env.refuse(name, 'must be a postgres:// URL or the path of a file');
  if (isPostgres(url) && !isReadable(url))
    env.refuse(name, 'is no URL: in a password write @ : / ? # as %40 %3A %2F %3F %23');
  return url;
}
