// The steps of a sandbox program (contract 14.6): what the processor is told to do with a sale, refund or void.

const WITHOUT_ARGUMENT = [
  'approve',
  'approve_first_cycle',
  'not_processed',
  'unreachable',
  'refuse_credentials',
  'timeout_after_accept',
  'timeout_before_accept',
  'garbage',
  'http_500_after_accept',
  'wrong_amount',
  'wrong_currency',
  'wrong_reference',
  'duplicate_answer',
  // An answer whose code is in no table.
  'unexpected_code',
  'review',
  // A sale that is settled at once, and a refund that is refused because its sale is not settled yet.
  'settled',
  'not_settled',
] as const;

type PlainStep = (typeof WITHOUT_ARGUMENT)[number];

export type Step =
  | { readonly kind: PlainStep }
  | { readonly kind: 'decline'; readonly declineCode: string }
  | { readonly kind: 'slow'; readonly seconds: number }
  | { readonly kind: 'cut_after'; readonly bytes: number }
  | { readonly kind: 'cvv'; readonly result: string }
  | { readonly kind: 'avs'; readonly result: string };

/** `undefined` for anything that is not a step. */
export function parseStep(text: string): Step | undefined {
  const plain = WITHOUT_ARGUMENT.find((kind) => kind === text);
  if (plain !== undefined) return { kind: plain };
  const [, kind, argument = ''] = /^([a-z_]+):(\w{1,40})$/.exec(text) ?? [];
  const number = /^[0-9]{1,4}$/.test(argument) ? Number(argument) : undefined;
  const letter = /^[A-Z]$/.test(argument) ? argument : undefined;
  switch (kind) {
    case 'decline':
      return { kind, declineCode: argument };
    case 'slow':
      return number === undefined ? undefined : { kind, seconds: number };
    case 'cut_after':
      return number === undefined ? undefined : { kind, bytes: number };
    case 'cvv':
    case 'avs':
      return letter === undefined ? undefined : { kind, result: letter };
    default:
      return undefined;
  }
}

/** `TEST decline:lost_card` as a last name sets the step of one payment. */
export function stepInLastName(lastName: string): Step | undefined {
  const [, text] = /^TEST (\S+)$/.exec(lastName.trim()) ?? [];
  return text === undefined ? undefined : parseStep(text);
}
