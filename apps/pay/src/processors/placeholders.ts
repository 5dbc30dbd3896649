// Placeholders of the Vault's proxy (contract 7.4), and keeping text from a customer from acting as one.

export const placeholder = (name: string): string => `\${${name}}`;

/** Drops the `$` of every `${`, also where several stand in a row. */
export const withoutPlaceholders = (text: string): string => text.replace(/\$+\{/g, '{');
