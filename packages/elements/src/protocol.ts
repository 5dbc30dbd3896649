// Messages between a page, the card fields and the tokenizer (contract 11.7). Private to one release: not an interface.
// No message to a page has a member for a card value, so that none can carry one by mistake.
import type { Billing } from '@ozura/core/billing';
import type { Brand } from '@ozura/core/card/brand';

export const CARD_FIELDS = ['cardNumber', 'expirationDate', 'cvv'] as const;
export const BANK_FIELDS = ['accountNumber', 'routingNumber'] as const;
export type CardField = (typeof CARD_FIELDS)[number];
export type BankField = (typeof BANK_FIELDS)[number];
export type FieldType = CardField | BankField;

/** camelCase CSS properties. */
export type ElementStyle = Readonly<Record<string, string>>;

export interface ElementStyleConfig {
  readonly base?: ElementStyle;
  readonly focus?: ElementStyle;
  readonly invalid?: ElementStyle;
  readonly complete?: ElementStyle;
  readonly placeholder?: ElementStyle;
}

export const THEME_NAMES = ['default', 'night', 'flat'] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

/** CSS values. */
export interface AppearanceVariables {
  readonly colorText?: string;
  readonly colorBackground?: string;
  readonly colorPrimary?: string;
  readonly colorDanger?: string;
  readonly colorSuccess?: string;
  readonly colorPlaceholder?: string;
  readonly fontFamily?: string;
  readonly fontSize?: string;
  readonly fontWeight?: string;
  readonly padding?: string;
  readonly letterSpacing?: string;
  readonly borderRadius?: string;
}

export interface Appearance {
  readonly theme?: ThemeName;
  readonly variables?: AppearanceVariables;
}

/** One font file, for `font-family` in a style. */
export interface FontFile {
  readonly family: string;
  readonly src: string;
  readonly weight?: string;
  readonly style?: string;
  readonly display?: string;
  /** As in CSS: the file is loaded only for characters that it is for. */
  readonly unicodeRange?: string;
}

export interface FieldSettings {
  readonly appearance: Appearance | undefined;
  readonly fonts: readonly FontFile[];
  readonly style: ElementStyleConfig;
  readonly placeholder: string;
  readonly disabled: boolean;
  readonly label: string;
}

/** What a page learns of the content of a field: never digits, never their number. */
export interface FieldState {
  readonly empty: boolean;
  readonly complete: boolean;
  readonly valid: boolean;
  readonly error?: string;
  readonly cardBrand?: Brand;
}

export type PageToField =
  | { readonly type: 'mount' | 'update'; readonly settings: FieldSettings }
  | { readonly type: 'link' | 'focus' | 'blur' | 'clear' };

export type FieldToPage =
  | { readonly type: 'loaded'; readonly heightPx: number }
  | { readonly type: 'ready' | 'focus' | 'blur' | 'submit' }
  | { readonly type: 'change'; readonly state: FieldState };

export interface AccountHolder {
  readonly firstName: string;
  readonly lastName: string;
  readonly accountType: 'checking' | 'savings';
}

export interface TokenizeMessage {
  readonly type: 'tokenize';
  /** Of this one call: an answer that comes after a reset belongs to nobody. */
  readonly call: number;
  readonly sessionKey: string;
  readonly fields: readonly FieldType[];
  /** Only of a bank account. */
  readonly holder?: AccountHolder;
  /** As the page has them: checked before anything is sent. */
  readonly billing?: unknown;
}

export type PageToTokenizer = TokenizeMessage | { readonly type: 'mount' | 'cancel' };

export interface CardFacts {
  readonly last4: string;
  readonly brand: string;
  readonly bin: string;
  readonly expMonth: string;
  readonly expYear: string;
}

/** What the Vault made of the values. */
export interface Tokenized {
  readonly token: string;
  readonly cvcSession?: string;
  readonly card?: CardFacts;
  readonly bank?: { readonly last4: string; readonly routingNumber: string };
  /** Normalised. */
  readonly billing?: Billing;
}

export interface TokenizeFailure {
  /** `field`: one is not complete and shows it, or a billing detail is wrong; `answer`: the Vault refused; `network`: it could not be reached. */
  readonly kind: 'field' | 'answer' | 'network';
  readonly text: string;
  readonly status?: number;
  readonly errorCode?: string;
}

export type TokenizerToPage =
  | { readonly type: 'ready' }
  | { readonly type: 'token'; readonly call: number; readonly tokenized: Tokenized }
  | { readonly type: 'failed'; readonly call: number; readonly failure: TokenizeFailure };

type Message = { readonly type: string };

const VERSION = 1;

/** Every message says which release and which vault of the page it belongs to. */
export const seal = <M extends Message>(vault: string, message: M): M => ({ ...message, oz: VERSION, vault });

/** `undefined` for anything that is not a message of this release and, where it is given, of this vault. */
export function unseal<M extends Message>(
  value: unknown,
  vault?: string,
): (M & { readonly vault: string }) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { oz, vault: sender, type } = value as Record<string, unknown>;
  const ours = oz === VERSION && typeof type === 'string' && typeof sender === 'string';
  return ours && (vault === undefined || sender === vault) ? (value as M & { readonly vault: string }) : undefined;
}

/** How a field finds the tokenizer among its siblings: the name of that frame. */
export const tokenizerName = (vault: string): string => `oz-tokenizer-${vault}`;
