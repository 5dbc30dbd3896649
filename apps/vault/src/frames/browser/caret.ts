// What a formatted field shows after a keystroke, and where the caret stands then.

export interface Edit {
  readonly text: string;
  readonly caret: number;
}

export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');

/** Formats the text and keeps the caret behind the same digit. */
export function reformat({ text, caret }: Edit, format: (text: string) => string): Edit {
  const formatted = format(text);
  if (caret === text.length) return { text: formatted, caret: formatted.length };
  return { text: formatted, caret: placeAfter(formatted, digitsOf(text.slice(0, caret)).length) };
}

/**
 * A person who deletes means a digit. Where only a separator went, which would come back at once, the digit beside it
 * goes too.
 */
export function deleteDigit(before: string, { text, caret }: Edit, inputType: string): Edit {
  if (digitsOf(before) !== digitsOf(text)) return { text, caret };
  const head = text.slice(0, caret);
  const tail = text.slice(caret);
  if (inputType === 'deleteContentForward') return { text: head + tail.replace(/[0-9]/, ''), caret };
  if (inputType !== 'deleteContentBackward') return { text, caret };
  const shorter = head.replace(/[0-9]([^0-9]*)$/, '$1');
  return { text: shorter + tail, caret: shorter.length };
}

function placeAfter(text: string, digits: number): number {
  let place = 0;
  for (let seen = 0; seen < digits && place < text.length; place += 1) {
    if (/[0-9]/.test(text.charAt(place))) seen += 1;
  }
  return place;
}
