// How well what a merchant's colours write can be read (contract 4.1). Where he sets only one of a pair, the other is the
// theme's.
import { type Colour, contrast, laidOn, parseColour } from './colour.ts';
import { THEME_COLOURS, type ThemeColours } from './theme-colours.ts';

/** Members of `appearance`, each a CSS colour. */
type Colours = Readonly<
  Partial<
    Record<
      | 'textColor'
      | 'secondaryColor'
      | 'backgroundColor'
      | 'inputBackgroundColor'
      | 'primaryColor'
      | 'buttonBackgroundColor'
      | 'buttonTextColor'
      | 'cancelButtonTextColor'
      | 'cancelButtonBackgroundColor',
      string | undefined
    >
  >
>;

type Look = Colours & { readonly theme?: 'light' | 'dark' | 'auto' | undefined };

interface Pair {
  readonly name: keyof Colours;
  readonly above: Colour;
  readonly below: Colour;
  /** What shines through where the lower one is see-through. */
  readonly canvas: Colour;
}

const contrastMin = 4.5;
/** Of quiet text, in the style sheet. */
const mutedAlpha = 0.68;

/** Texts by the member that they are about, of the worst pair of each. */
export function contrastWarnings(look: Look): readonly (readonly [member: string, text: string])[] {
  const worst = new Map<keyof Colours, number>();
  for (const { name, above, below, canvas } of themesOf(look).flatMap((theme) => pairsOf(look, theme))) {
    const ratio = contrast(above, below, canvas);
    if (ratio < (worst.get(name) ?? contrastMin)) worst.set(name, ratio);
  }
  // Cut, not rounded: 4.49 must not read as 4.5.
  return [...worst].map(([name, ratio]) => [
    name,
    `contrast ${(Math.floor(ratio * 10) / 10).toFixed(1)}:1 is below ${contrastMin}:1`,
  ]);
}

const themesOf = ({ theme }: Look): readonly ThemeColours[] =>
  theme === 'auto' ? [THEME_COLOURS.light, THEME_COLOURS.dark] : [THEME_COLOURS[theme ?? 'light']];

function pairsOf(look: Colours, theme: ThemeColours): Pair[] {
  const canvas = colourOf(look.backgroundColor, theme.card);
  const ink = colourOf(look.textColor, theme.ink);
  const button = look.buttonBackgroundColor ?? look.primaryColor;
  const [red, green, blue] = ink;
  const muted = parseColour(look.secondaryColor ?? '') ?? laidOn([red, green, blue, mutedAlpha], canvas);
  const pairs: (Pair & { readonly isSet: unknown })[] = [
    { name: 'textColor', isSet: look.textColor ?? look.backgroundColor, above: ink, below: canvas, canvas: WHITE },
    {
      name: look.inputBackgroundColor === undefined ? 'textColor' : 'inputBackgroundColor',
      isSet: look.textColor ?? look.inputBackgroundColor,
      above: ink,
      below: colourOf(look.inputBackgroundColor, theme.field),
      canvas,
    },
    {
      // A button of the merchant's gets the one of two inks that can be read on it.
      name: 'buttonTextColor',
      isSet: look.buttonTextColor,
      above: colourOf(look.buttonTextColor, theme.buttonInk),
      below: colourOf(button, theme.button),
      canvas,
    },
    {
      name: look.cancelButtonTextColor === undefined ? 'cancelButtonBackgroundColor' : 'cancelButtonTextColor',
      isSet: look.cancelButtonTextColor ?? look.cancelButtonBackgroundColor,
      above: parseColour(look.cancelButtonTextColor ?? '') ?? muted,
      below: colourOf(look.cancelButtonBackgroundColor, 'transparent'),
      canvas,
    },
  ];
  return pairs.filter(({ isSet }) => isSet !== undefined);
}

const WHITE: Colour = [255, 255, 255, 1];

/** Both are colours: one is checked before, the other is ours. */
const colourOf = (set: string | undefined, own: string): Colour => parseColour(set ?? own) ?? WHITE;
