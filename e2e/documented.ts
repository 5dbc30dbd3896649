// How a row of a request table of the public documentation is written down; the rows are in `documented-fields.ts`.

export type DocumentedTable = 'create session' | 'create payment link';

export interface DocumentedField {
  readonly name: string;
  readonly type: string;
  /** Absent: never needed. */
  readonly needed?: string;
  readonly default?: string;
  readonly meaning: string;
  readonly tables: readonly DocumentedTable[];
  /** Also in the shorter table of the page on payment links. */
  readonly onLinksPage?: true;
  /** Members of a request beside the needed ones; those that are `undefined` are left out of it. */
  readonly sent?: Readonly<Record<string, unknown>>;
  /** What the session or the link shows then, and what it shows when nothing was sent. */
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly shownByDefault?: Readonly<Record<string, unknown>>;
  readonly refused: readonly (readonly [change: Readonly<Record<string, unknown>>, failure: string])[];
  readonly warning?: string;
  /** The same request again answers the first result. */
  readonly replays?: true;
}

export const DOCUMENTED_HEADERS = [
  { name: 'X-API-KEY', meaning: 'your Vault API key', without: [401, 'MISSING_CREDENTIALS'] },
  { name: 'X-OZURA-API-KEY', meaning: 'your merchant key', without: [401, 'MISSING_CREDENTIALS'] },
  { name: 'Content-Type', meaning: 'application/json', without: [415, 'UNSUPPORTED_MEDIA_TYPE'] },
] as const;
