// What a card network calls a customer's first charge. A later one may go to another processor than the first.

/** 15 digits at Visa and American Express, letters and digits at Mastercard; anything else is some processor's own. */
const OF_A_NETWORK = /^[A-Za-z0-9][A-Za-z0-9 -]{0,59}$/;

export const ofNetwork = (reference: string | undefined): string | undefined =>
  reference !== undefined && OF_A_NETWORK.test(reference) ? reference : undefined;
