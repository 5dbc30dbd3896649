// Fills the isolated fields, on a page with elements and on the hosted page alike. The page is the caller's, of Playwright:
// it reaches into frames of other origins, which a script of the page never can.

/** As much of Playwright's `Page` as is used. */
export interface TestPage {
  frameLocator(selector: string): {
    locator(selector: string): { first(): TestInput };
  };
}

interface TestInput {
  fill(value: string): Promise<void>;
  pressSequentially(text: string): Promise<void>;
}

export interface Card {
  readonly number: string;
  /** `MMYY` or `MM/YY`. Default: a date in the future. */
  readonly expiry?: string | undefined;
  /** Default: one of the right length. */
  readonly cvc?: string | undefined;
}

export interface BankAccount {
  readonly accountNumber: string;
  readonly routingNumber: string;
}

/** Numbers of the sandbox, named by what becomes of them. */
export const testCards = {
  approved: '4242424242424242',
  mastercard: '5555555555554444',
  amex: '378282246310005',
  debit: '4000056655665556',
  declined: '4000000000000002',
  insufficientFunds: '4000000000009995',
  expired: '4000000000000069',
  wrongCvc: '4000000000000127',
  /** Charged while its answer is lost: 504 first, found a few seconds later. */
  answerLost: '4012888888881881',
} as const;

/** Types as a person does. `await fillCard(page)` is an approved card. */
export async function fillCard(page: TestPage, card: Card = { number: testCards.approved }): Promise<void> {
  const { number, expiry = `12${nextDecade()}`, cvc = /^3[47]/.test(number) ? '1234' : '123' } = card;
  await fillField(page, 'cardNumber', number);
  await fillField(page, 'expirationDate', expiry.replace('/', ''));
  await fillField(page, 'cvv', cvc);
}

/** Default: the account of the sandbox that pays. */
export async function fillBankAccount(
  page: TestPage,
  account: BankAccount = { accountNumber: '000123456789', routingNumber: '110000000' },
): Promise<void> {
  await fillField(page, 'accountNumber', account.accountNumber);
  await fillField(page, 'routingNumber', account.routingNumber);
}

const nextDecade = (): string => String((new Date().getFullYear() + 10) % 100).padStart(2, '0');

/** Waits, as Playwright does, until the field is there. */
async function fillField(page: TestPage, type: string, text: string): Promise<void> {
  const input = page.frameLocator(`iframe[src*="/v1/frame/${type}"]`).locator('input').first();
  await input.fill('');
  await input.pressSequentially(text);
}
