// The colours of the hosted page where a merchant sets none. A test holds its style sheet against them.

export interface ThemeColours {
  readonly ink: string;
  readonly card: string;
  readonly field: string;
  readonly button: string;
  readonly buttonInk: string;
}

export const THEME_COLOURS = {
  light: { ink: '#191c22', card: '#fff', field: '#fff', button: '#2447c8', buttonInk: '#fff' },
  dark: { ink: '#f0f1f4', card: '#181b21', field: '#14171c', button: '#8ea6ff', buttonInk: '#10131a' },
} as const satisfies Readonly<Record<'light' | 'dark', ThemeColours>>;
