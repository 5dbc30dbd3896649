// Form fields of the checkout page: label, control, and the place of its error, which is there before the error is.
import { type Html, html } from '@ozura/kit/html';

export interface FieldParts {
  /** Also the id; errors come under `{name}-error`. */
  readonly name: string;
  readonly label: string;
  /** Width class of the grid: whole row when absent. */
  readonly width?: 'half' | 'third';
  readonly optional?: string;
  readonly hint?: string;
}

export interface InputParts extends FieldParts {
  readonly type?: 'text' | 'email' | 'tel';
  /** HTML autofill tokens. */
  readonly autocomplete: string;
  readonly maxLength: number;
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
    }" maxlength="${parts.maxLength}" aria-describedby="${parts.hint && `${parts.name}-hint `}${
      parts.name
    }-error"${!parts.optional && !parts.mayBeEmpty && html` required`}${
      parts.inputMode && html` inputmode="${parts.inputMode}"`
    }${parts.value && html` value="${parts.value}"`}>`,
  );

export interface SelectParts extends FieldParts {
  readonly autocomplete: string;
  readonly chosen: Html;
}

export const selectField = (parts: SelectParts): Html =>
  field(
    parts,
    html`<select id="${parts.name}" name="${parts.name}" autocomplete="${parts.autocomplete}" aria-describedby="${
      parts.name
    }-error" required>${parts.chosen}</select>`,
  );

/** The one option that stands in the first HTML; the script brings the others. */
export const option = (value: string, label: string): Html => html`<option value="${value}">${label}</option>`;

/** The place of a card field: the frame is put into it, and its height is fixed so that nothing moves then. */
export const frameField = (parts: FieldParts): Html => html`<div class="field${parts.width && ` ${parts.width}`}">
<span class="label" id="${parts.name}-label">${parts.label}</span>
<div class="frame" id="${parts.name}"></div>
${errorPlace(parts.name)}</div>
`;

const field = ({ name, label, width, optional, hint }: FieldParts, control: Html): Html =>
  html`<div class="field${width && ` ${width}`}">
<label for="${name}"><span id="${name}-label">${label}</span>${optional && html` <small>${optional}</small>`}</label>
${control}
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${errorPlace(name)}</div>
`;

export const errorPlace = (name: string): Html => html`<p class="error" id="${name}-error"></p>`;
