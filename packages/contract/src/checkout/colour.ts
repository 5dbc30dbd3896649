// CSS colours as merchants write them, and how well text can be read on them (contract 4).
import { NAMED_COLOURS } from './colour-names.ts';

/** Red, green and blue 0-255, alpha 0-1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

export function parseColour(text: string): Colour | undefined {
  const written = text.trim().toLowerCase();
  if (written === 'transparent') return [0, 0, 0, 0];
  if (written.startsWith('#')) return fromHex(written.slice(1));
  const named = NAMED_COLOURS.get(written);
  return named === undefined ? fromFunction(written) : fromHex(named);
}

/** WCAG 2.2 contrast ratio, 1 to 21. What is see-through is laid on `canvas`. */
export function contrast(text: Colour, background: Colour, canvas: Colour = [255, 255, 255, 1]): number {
  const below = laidOn(background, canvas);
  const [a, b] = [luminance(laidOn(text, below)), luminance(below)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function fromHex(digits: string): Colour | undefined {
  if (!/^([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(digits)) return undefined;
  const full = digits.length < 6 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const byte = (at: number): number => Number.parseInt(full.slice(at, at + 2), 16);
  return [byte(0), byte(2), byte(4), full.length === 8 ? byte(6) / 255 : 1];
}

const NUMBER = '[+-]?(?:[0-9]*\\.)?[0-9]+';
const DEGREES: Readonly<Record<string, number>> = { deg: 1, grad: 0.9, rad: 180 / Math.PI, turn: 360 };
const HUE = `(${NUMBER})(${Object.keys(DEGREES).join('|')})?`;

type Separators = { readonly channels: string; readonly alpha: string };
const COMMAS: Separators = { channels: '\\s*,\\s*', alpha: '\\s*,\\s*' };
const BLANKS: Separators = { channels: '\\s+', alpha: '\\s*/\\s*' };

const syntax = (name: string, channels: readonly string[], between: Separators): RegExp =>
  new RegExp(`^${name}a?\\(\\s*${channels.join(between.channels)}(?:${between.alpha}(${NUMBER}%?))?\\s*\\)$`);

const ofThree = (channel: string): string[] => [channel, channel, channel];
/** Only the newer syntax, without commas, lets numbers and percentages stand side by side. */
const RGB = [
  syntax('rgb', ofThree(`(${NUMBER})`), COMMAS),
  syntax('rgb', ofThree(`(${NUMBER}%)`), COMMAS),
  syntax('rgb', ofThree(`(${NUMBER}%?)`), BLANKS),
];
const HUE_AND_PERCENTS = [HUE, `(${NUMBER})%`, `(${NUMBER})%`];
const HSL = [COMMAS, BLANKS].map((between) => syntax('hsl', HUE_AND_PERCENTS, between));

const partsOf = (written: string, syntaxes: readonly RegExp[]): readonly string[] =>
  syntaxes
    .map((form) => form.exec(written))
    .find((match) => match !== null)
    ?.slice(1) ?? [];

function fromFunction(written: string): Colour | undefined {
  const [red, green, blue, alpha] = partsOf(written, RGB);
  if (red !== undefined && green !== undefined && blue !== undefined) {
    return [portion(red, 255), portion(green, 255), portion(blue, 255), portion(alpha ?? '1', 1)];
  }
  const [hue, unit = 'deg', saturation, lightness, opacity] = partsOf(written, HSL);
  if (hue === undefined || saturation === undefined || lightness === undefined) return undefined;
  const degrees = Number(hue) * (DEGREES[unit] ?? 1);
  const channels = fromHsl(degrees, clamp(Number(saturation) / 100, 1), clamp(Number(lightness) / 100, 1));
  return [...channels, portion(opacity ?? '1', 1)];
}

const clamp = (value: number, max: number): number => Math.min(Math.max(value, 0), max);

const portion = (written: string, whole: number): number =>
  clamp(written.endsWith('%') ? (Number(written.slice(0, -1)) / 100) * whole : Number(written), whole);

/** The formula of CSS Color 4. */
function fromHsl(hue: number, saturation: number, lightness: number): [number, number, number] {
  const channel = (n: number): number => {
    const k = (((n + hue / 30) % 12) + 12) % 12;
    const chroma = saturation * Math.min(lightness, 1 - lightness);
    return 255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** What is seen of a colour that lies on another one. */
export function laidOn([red, green, blue, alpha]: Colour, below: Colour): Colour {
  const mix = (top: number, bottom: number): number => top * alpha + bottom * (1 - alpha);
  return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
}

function luminance([red, green, blue]: Colour): number {
  const linear = (byte: number): number => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
