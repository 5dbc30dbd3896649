// From the merchant's `appearance` (contract section 4) to custom properties of our style sheet.
import type { Appearance } from '@ozura/contract/checkout/appearance';
import { contrast, parseColour } from '@ozura/contract/checkout/colour';
import { THEME_COLOURS } from '@ozura/contract/checkout/theme-colours';
import type { Look } from './view.ts';

/** The style sheet uses these names; what a merchant leaves out keeps the value of the theme. */
const COLOURS = {
  primaryColor: '--accent',
  primaryHoverColor: '--accent-hover',
  secondaryColor: '--muted',
  backgroundColor: '--card',
  textColor: '--ink',
  borderColor: '--line',
  buttonBackgroundColor: '--button',
  buttonHoverColor: '--button-hover',
  buttonTextColor: '--button-ink',
  inputBackgroundColor: '--field',
  inputBorderColor: '--field-line',
  inputFocusBorderColor: '--focus',
  cancelButtonTextColor: '--cancel-ink',
  cancelButtonBackgroundColor: '--cancel',
} as const satisfies Partial<Record<keyof Appearance, string>>;

const COLOUR_MEMBERS = Object.keys(COLOURS) as (keyof typeof COLOURS)[];

const RADIUS = { none: '0px', sm: '4px', base: '8px', lg: '12px', xl: '16px', full: '999px' };
const FONT_SIZE = { sm: '14px', base: '16px', lg: '18px', xl: '20px' };
const LOGO_HEIGHT: Readonly<Record<string, string>> = { sm: '24px', md: '40px', lg: '64px' };

export function lookOf(appearance: Appearance, hideHeader: boolean): Look {
  const { logoUrl, cancelButtonText } = appearance;
  return {
    theme: appearance.theme ?? defaultTheme(appearance),
    variables: variablesOf(appearance),
    logoPosition: appearance.logoPosition ?? 'inline',
    showMerchantName: appearance.showMerchantName ?? true,
    hideHeader,
    hideBranding: appearance.hideBranding ?? false,
    ...(logoUrl === undefined ? {} : { logoUrl }),
    ...(cancelButtonText === undefined ? {} : { cancelButtonText }),
  };
}

/** Colours made for a light page would not be readable on a dark one. */
const defaultTheme = (appearance: Appearance): Look['theme'] =>
  COLOUR_MEMBERS.some((member) => appearance[member] !== undefined) ? 'light' : 'auto';

function variablesOf(appearance: Appearance): Record<string, string> {
  const { borderRadius, fontSize, fontFamily, logoMaxHeight, cssVariables } = appearance;
  const known: readonly (readonly [string, string | undefined])[] = [
    ['--button-ink', readableInk(appearance.buttonBackgroundColor ?? appearance.primaryColor)],
    ...COLOUR_MEMBERS.map((member) => [COLOURS[member], appearance[member]] as const),
    ['--radius', borderRadius && RADIUS[borderRadius]],
    ['--font-size', fontSize && FONT_SIZE[fontSize]],
    ['--font', fontFamily],
    ['--logo-height', typeof logoMaxHeight === 'number' ? `${logoMaxHeight}px` : LOGO_HEIGHT[logoMaxHeight ?? '']],
    ...Object.entries(cssVariables ?? {}).map(([name, value]) => [`--${name.replace(/^--/, '')}`, value] as const),
  ];
  return Object.fromEntries(known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** The theme's two colours for text on a button; a merchant's own button gets the one that can be read on it. */
const INKS = [THEME_COLOURS.light.buttonInk, THEME_COLOURS.dark.buttonInk] as const;

function readableInk(button: string | undefined): string | undefined {
  const below = button === undefined ? undefined : parseColour(button);
  if (below === undefined) return undefined;
  const [light, dark] = INKS.map((ink) => contrast(parseColour(ink) ?? below, below));
  return (light ?? 0) >= (dark ?? 0) ? INKS[0] : INKS[1];
}

/** The look of a page that belongs to no session. */
export const plainLook: Look = lookOf({}, true);
