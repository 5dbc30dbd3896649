// Which paths are the operator's: by the descriptions of the programs, which a test keeps as new as the code.
import { readFileSync } from 'node:fs';

interface Description {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  /** Any one of these opens it. */
  readonly security: readonly object[];
}

export interface Paths {
  readonly operators: readonly string[];
  readonly others: readonly string[];
}

/** In every form in which the program serves them, with `x` for each parameter. */
export function pathsOf(service: string): Paths {
  const text = readFileSync(new URL(`../../docs/api/${service}.json`, import.meta.url), 'utf8');
  const { servers, paths } = JSON.parse(text) as Description;
  const those = (wanted: boolean): string[] =>
    Object.entries(paths)
      .filter(([, operations]) => Object.values(operations).some(isOperators) === wanted)
      .flatMap(([path]) => servers.map(({ url }) => url.replace(/\/$/, '') + path.replace(/\{\w+\}/g, 'x')));
  // Described nowhere, and served once.
  return { operators: ['/metrics', ...those(true)], others: those(false) };
}

const isOperators = ({ security }: Operation): boolean =>
  security.length > 0 && security.every((one) => 'admin' in one);
