// The sandbox's own names for what it books: `sbx-000184`.

const digitsMin = 6;

export const transactionIdOf = (entryNumber: number): string => `sbx-${String(entryNumber).padStart(digitsMin, '0')}`;
