// Digits as people of other scripts type them: their keyboards write ٤, ४ or ４ where a card has a 4.

/** The zeros of Arabic, Persian and Urdu, Hindi, Bengali, Thai, and of Japanese full-width input. */
const ZEROS = '\u0660\u06f0\u0966\u09e6\u0e50\uff10';

/** With the digits 0 to 9; everything else, and the length, stays as it is. */
export const plainDigits = (text: string): string =>
  text.replace(/[^\0-\u065f]/g, (character) => {
    const code = character.charCodeAt(0);
    const zero = [...ZEROS].map((one) => one.charCodeAt(0)).find((one) => code >= one && code < one + 10);
    return zero === undefined ? character : String(code - zero);
  });
