// When the sandbox settles (contract 9.7 leaves it to us): cards at the next midnight UTC, bank debits three days after.
const dayMs = 24 * 60 * 60 * 1000;
const bankDays = 3;

export const settlesAt = (method: 'card' | 'bank', bookedAtMs: number): number =>
  method === 'card' ? (Math.floor(bookedAtMs / dayMs) + 1) * dayMs : bookedAtMs + bankDays * dayMs;
