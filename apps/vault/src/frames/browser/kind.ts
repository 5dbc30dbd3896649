// What the five kinds of field have in common.
import type { Brand } from '@ozura/core/card/brand';
import type { FieldState } from '@ozura/elements/protocol';
import type { FieldValues } from './link.ts';

export interface FieldKind {
  /** The text to show for what was typed or pasted. `deleting`: nothing may be added that was just taken away. */
  readonly format: (typed: string, situation: Situation & { readonly deleting: boolean }) => string;
  readonly judge: (text: string, situation: Situation) => FieldState;
  readonly values: (text: string) => FieldValues;
}

export interface Situation {
  /** Of the number that is typed next door; absent while there is none. */
  readonly brand?: Brand | undefined;
  readonly nowMs: number;
}

export const empty: FieldState = { empty: true, complete: false, valid: false };
export const right: FieldState = { empty: false, complete: true, valid: true };
/** Not yet long enough, or wrong. */
export const wrong = (error: string, complete = true): FieldState => ({ empty: false, complete, valid: false, error });
