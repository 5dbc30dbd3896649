// Addresses that somebody else wrote. `URL.canParse` and `URL.parse` are younger than browsers that people pay with.

/** `undefined` for what is none. */
export function urlOf(text: string | URL, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
