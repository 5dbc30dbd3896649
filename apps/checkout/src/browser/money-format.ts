// How the page writes money: in its language, with the decimals that amounts of the currency have.

export const moneyFormat = (currency: string, exponent: number): Intl.NumberFormat =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
