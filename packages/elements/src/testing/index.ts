// `@ozura/elements/testing`: for a merchant's own tests. Types into fields that the page cannot reach, and starts the real system.

export { type BankAccount, type Card, fillBankAccount, fillCard, type TestPage, testCards } from './fill.ts';
export { type RunningOzura, type StartOptions, startOzura } from './start.ts';
