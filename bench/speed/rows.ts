// Numbers of rows, as they are written on the command line and in tables.

const UNITS = { '': 1, k: 1_000, m: 1_000_000 } as const;

/** Of `10k,1m,10m`, the fewest first. */
export const readRows = (text: string): number[] =>
  text
    .split(',')
    .map(readOne)
    .sort((a, b) => a - b);

function readOne(text: string): number {
  const [, digits, unit = ''] = /^([1-9][0-9]*)([km]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw new Error(`--rows: ${text} is not a number such as 5000, 10k or 1m`);
  return Number(digits) * UNITS[unit.toLowerCase() as keyof typeof UNITS];
}

export function shortRows(rows: number): string {
  if (rows % UNITS.m === 0) return `${rows / UNITS.m}m`;
  return rows % UNITS.k === 0 ? `${rows / UNITS.k}k` : String(rows);
}
