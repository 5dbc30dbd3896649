// How a merchant may style the hosted page (contract 4). Everything here ends in the CSS object model, never in markup.
import { withoutCardNumber } from '@ozura/core/card/number-in-text';
import { plainlyCardless } from '@ozura/core/cardless';
import {
  accepting,
  boolean,
  isObject,
  oneOf,
  optional,
  type Reader,
  type RecordOf,
  recordWithWarnings,
  text,
} from '@ozura/core/validation';
import { parseColour } from './colour.ts';
import { contrastWarnings } from './contrast-warnings.ts';
import type { CreateSettings } from './settings.ts';
import { imageUrl } from './web-address.ts';

const cssVariablesMax = 50;

/** One of a kind: what is right is told by the reason that refuses what is not. */
const worded = <T>(type: string | readonly string[], reason: string, find: (value: unknown) => T | undefined) =>
  accepting<T>((value, path, intake) => find(value) ?? intake.fail(path, reason), {
    schema: { type, description: reason },
  });

const colour = worded('string', 'must be a CSS colour', (value) =>
  typeof value === 'string' && parseColour(value) !== undefined ? value.trim() : undefined,
);

const fontFamily = worded('string', 'must be 1-100 letters, digits, spaces, commas, dashes or quotes', (value) => {
  const family = typeof value === 'string' ? value.trim() : '';
  return /^[\p{L}\p{N} ,'"-]{1,100}$/u.test(family) ? family : undefined;
});

const logoMaxHeight = worded(
  ['integer', 'string'],
  'must be an integer between 16 and 200, or one of sm, md, lg',
  (value) => {
    const isSize = value === 'sm' || value === 'md' || value === 'lg';
    const isPixels = Number.isInteger(value) && (value as number) >= 16 && (value as number) <= 200;
    return isSize || isPixels ? (value as number | string) : undefined;
  },
);

const variableName = /^(--)?[a-z][a-z0-9-]{0,63}$/;
const unsafeValue = /[;{}<>\\@]|url\(|expression|\/\*|\*\//i;

const readVariables: Reader<Readonly<Record<string, string>>> = (value, path, intake) => {
  if (!isObject(value)) return intake.fail(path, 'must be an object');
  const entries = Object.entries(value).filter(([, written]) => written != null);
  if (entries.length > cssVariablesMax) return intake.fail(path, `must have at most ${cssVariablesMax} members`);
  const read = plainlyCardless(text(1, 100));
  const found: [string, string][] = [];
  for (const [name, written] of entries) {
    const at = `${path}.${withoutCardNumber(name)}`;
    if (!variableName.test(name)) intake.fail(at, 'must be named like "page-background"');
    else {
      const safe = read(written, at, intake);
      if (safe !== undefined && unsafeValue.test(safe)) intake.fail(at, 'must be a plain CSS value');
      else if (safe !== undefined) found.push([name, safe]);
    }
  }
  return Object.fromEntries(found);
};

const cssVariables = accepting(readVariables, {
  schema: {
    type: 'object',
    maxProperties: cssVariablesMax,
    propertyNames: { pattern: variableName.source },
    additionalProperties: { type: 'string', minLength: 1, maxLength: 100, description: 'must be a plain CSS value' },
  },
});

const optionalColour = optional(colour);
const optionalBoolean = optional(boolean);

/** Where pictures may come from. */
type AppearanceSettings = Pick<CreateSettings, 'mode'>;

const shapeOf = (settings: AppearanceSettings) => ({
  primaryColor: optionalColour,
  primaryHoverColor: optionalColour,
  secondaryColor: optionalColour,
  backgroundColor: optionalColour,
  textColor: optionalColour,
  borderColor: optionalColour,
  buttonBackgroundColor: optionalColour,
  buttonHoverColor: optionalColour,
  buttonTextColor: optionalColour,
  inputBackgroundColor: optionalColour,
  inputBorderColor: optionalColour,
  inputFocusBorderColor: optionalColour,
  cancelButtonText: optional(plainlyCardless(text(1, 40))),
  cancelButtonTextColor: optionalColour,
  cancelButtonBackgroundColor: optionalColour,
  borderRadius: optional(oneOf('none', 'sm', 'base', 'lg', 'xl', 'full')),
  fontFamily: optional(fontFamily),
  fontSize: optional(oneOf('sm', 'base', 'lg', 'xl')),
  logoUrl: optional(imageUrl(settings)),
  logoPosition: optional(oneOf('inline', 'top')),
  logoMaxHeight: optional(logoMaxHeight),
  showMerchantName: optionalBoolean,
  hideBranding: optionalBoolean,
  cssVariables: optional(cssVariables),
  theme: optional(oneOf('light', 'dark', 'auto')),
});

/** Only what the merchant set; the page knows the defaults. */
export type Appearance = Partial<RecordOf<ReturnType<typeof shapeOf>>>;

export function appearance(settings: AppearanceSettings): Reader<Appearance> {
  const read = recordWithWarnings(shapeOf(settings));
  return accepting<Appearance>(
    (value, path, intake) => {
      const found = read(value, path, intake);
      for (const [member, warning] of contrastWarnings(found ?? {})) intake.warn(`${path}.${member}`, warning);
      return found;
    },
    { as: () => read },
  );
}
