// A card sale as a merchant's server sends it (contract 8.1).

export const saleOf = (
  { token, cvcSession }: { readonly token: string; readonly cvcSession: string },
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  merchantId: 'ozu_bluekettle',
  amount: '18.40',
  ozuraCardToken: token,
  ozuraCvcSession: cvcSession,
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+1 (415) 555-0134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'California',
  billingZipcode: '94607',
  billingCountry: 'US',
  ...changes,
});
