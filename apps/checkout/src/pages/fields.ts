// Form fields of the checkout page: label, control, and the place of its error, which is there before the error is.
import { type Html, html } from '@ozura/kit/html';
import { lengthSlack } from '../browser/page-facts.ts';

export interface FieldParts {
  /** Also the id; errors come under `{name}-error`. */
  readonly name: string;
  readonly label: string;
  /** Width class of the grid: whole row when absent. */
  readonly width?: 'half' | 'third';
  readonly optional?: string;
  readonly hint?: string;
  readonly hidden?: boolean;
}

export interface InputParts extends FieldParts {
  readonly type?: 'text' | 'email' | 'tel';
  /** HTML autofill tokens. */
  readonly autocomplete: string;
  /** Most characters that the rules allow. */
  readonly most: number;
  readonly inputMode?: 'decimal';
  readonly value?: string;
  /** Without saying so: something else may be chosen in its place. */
  readonly mayBeEmpty?: boolean;
}

export const inputField = (parts: InputParts): Html =>
  field(
    parts,
    html`<input id="${parts.name}" name="${parts.name}" type="${parts.type ?? 'text'}" autocomplete="${
      parts.autocomplete
    }" maxlength="${parts.most * lengthSlack}" dir="${LEFT_TO_RIGHT.has(parts.name) ? 'ltr' : 'auto'}" aria-describedby="${parts.hint && `${parts.name}-hint `}${
      parts.name
    }-error"${!parts.optional && !parts.mayBeEmpty && html` required`}${
      parts.inputMode && html` inputmode="${parts.inputMode}"`
    }${parts.value && html` value="${parts.value}"`}>`,
  );

export interface SelectParts extends FieldParts {
  readonly autocomplete: string;
  readonly options: Html;
}

export const selectField = (parts: SelectParts): Html =>
  field(
    parts,
    html`<select id="${parts.name}" name="${parts.name}" autocomplete="${parts.autocomplete}" aria-describedby="${
      parts.name
    }-error"${!parts.optional && html` required`}>${parts.options}</select>`,
  );

export const option = (value: string, label: string): Html => html`<option value="${value}">${label}</option>`;

/** The place of a card field: its height is fixed, so that nothing moves when the frame has loaded. */
export const frameField = (
  parts: FieldParts,
  frame: Html | undefined,
): Html => html`<div class="field${parts.width && ` ${parts.width}`}">
<span class="label" id="${parts.name}-label">${parts.label}</span>
<div class="frame" id="${parts.name}">${frame}</div>
${errorPlace(parts.name)}</div>
`;

/** Never turned round, whatever the direction of the page. */
const LEFT_TO_RIGHT: ReadonlySet<string> = new Set(['email', 'phone', 'zip', 'donationAmount']);

const field = ({ name, label, width, optional, hint, hidden }: FieldParts, control: Html): Html =>
  html`<div class="field${width && ` ${width}`}"${hidden && html` hidden`}>
<label for="${name}"><span id="${name}-label">${label}</span>${optional && html` <small>${optional}</small>`}</label>
${control}
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${errorPlace(name)}</div>
`;

export const errorPlace = (name: string): Html => html`<p class="error" id="${name}-error"></p>`;
