// Names of older clients: each says once a process what to call instead.

const told = new Set<string>();

export function deprecated(name: string, instead: string): void {
  if (told.has(name)) return;
  told.add(name);
  console.warn(`@ozura/elements: ${name} is deprecated, use ${instead}`);
}
