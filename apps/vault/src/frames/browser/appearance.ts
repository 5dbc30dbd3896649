// How a field looks: theme, then variables, then the element's own style (contract 11.8). What comes out is still the
// wish of a page that we do not trust: of it, what is on the list is drawn.
import type {
  Appearance,
  AppearanceVariables,
  ElementStyleConfig,
  FieldSettings,
  ThemeName,
} from '@ozura/elements/protocol';
import { addFonts } from './fonts.ts';

interface Theme {
  readonly colors: Required<
    Pick<AppearanceVariables, 'colorText' | 'colorBackground' | 'colorPrimary' | 'colorDanger' | 'colorPlaceholder'>
  >;
  readonly line: string;
  readonly flat?: boolean;
}

const LIGHT = {
  colorText: '#1f2937',
  colorBackground: '#ffffff',
  colorPrimary: '#2563eb',
  colorDanger: '#b42318',
  colorPlaceholder: '#6b7280',
};
const NIGHT = {
  colorText: '#f3f4f6',
  colorBackground: '#111827',
  colorPrimary: '#7aa7ff',
  colorDanger: '#ff8f85',
  colorPlaceholder: '#9ca3af',
};
const THEMES: Readonly<Record<ThemeName, Theme>> = {
  default: { colors: LIGHT, line: '#8d95a1' },
  night: { colors: NIGHT, line: '#6b7280' },
  flat: { colors: LIGHT, line: '#8d95a1', flat: true },
};

/** Of a field on a merchant's page: with themes, and with fonts of the merchant's own. */
export function merchantStyle({
  appearance,
  style,
  fonts,
}: Pick<FieldSettings, 'appearance' | 'style' | 'fonts'>): ElementStyleConfig {
  addFonts(fonts);
  return resolveStyle(appearance, style);
}

/** Without an appearance a field is bare: it takes its look from the element's style alone. */
function resolveStyle(appearance: Appearance | undefined, own: ElementStyleConfig = {}): ElementStyleConfig {
  if (appearance === undefined) return own;
  const { colors, line, flat } = THEMES[appearance.theme ?? 'default'];
  const {
    colorText,
    colorBackground,
    colorPrimary,
    colorDanger,
    colorPlaceholder,
    colorSuccess,
    borderRadius = '6px',
    padding = '10px 12px',
    ...font
  } = { ...colors, ...appearance.variables };
  const border = flat ? { borderWidth: '0 0 1px', borderRadius: '0' } : { borderWidth: '1px', borderRadius };
  return {
    base: {
      color: colorText,
      backgroundColor: colorBackground,
      caretColor: colorText,
      padding,
      borderStyle: 'solid',
      borderColor: line,
      ...border,
      ...font,
      ...own.base,
    },
    focus: { borderColor: colorPrimary, ...own.focus },
    invalid: { color: colorDanger, borderColor: colorDanger, ...own.invalid },
    complete: { ...(colorSuccess === undefined ? {} : { color: colorSuccess }), ...own.complete },
    placeholder: { color: colorPlaceholder, ...own.placeholder },
  };
}
