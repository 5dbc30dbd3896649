// Tokens of cards and bank accounts, as a merchant's server makes them at the Vault.

export interface TokenizedCard {
  readonly token: string;
  readonly cvcSession: string;
}

export async function tokenizeCard(vaultUrl: string, vaultKey: string, cardNumber: string): Promise<TokenizedCard> {
  const cvv = /^3[47]/.test(cardNumber) ? '1234' : '123';
  const data = { cardNumber, expirationMonth: '11', expirationYear: '2039', cvv };
  const { token, cvc_session_id: cvcSession = '' } = await tokenize(vaultUrl, vaultKey, { type: 'card', data });
  return { token, cvcSession };
}

export async function tokenizeBank(vaultUrl: string, vaultKey: string, accountNumber: string): Promise<string> {
  const holder = { firstName: 'Ines', lastName: 'Duarte', accountType: 'checking' };
  const data = { accountNumber, routingNumber: '110000000', ...holder };
  return (await tokenize(vaultUrl, vaultKey, { type: 'bank', data })).token;
}

async function tokenize(
  vaultUrl: string,
  vaultKey: string,
  body: object,
): Promise<{ readonly token: string; readonly cvc_session_id?: string }> {
  const headers = { 'content-type': 'application/json', 'x-api-key': vaultKey };
  const answer = await fetch(`${vaultUrl}/tokenize`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as { token: string };
}
