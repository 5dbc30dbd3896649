// The input of one field: formats what is typed, judges it, and draws the verdict when the field is left.
import type { Brand } from '@ozura/core/card/brand';
import { plainDigits } from '@ozura/core/digits';
import type { ElementStyleConfig, FieldSettings, FieldState } from '@ozura/elements/protocol';
import { deleteDigit, reformat } from './caret.ts';
import type { FieldKind } from './kind.ts';
import type { FieldValues } from './link.ts';
import { applyStyle } from './style.ts';

export interface FieldEvents {
  readonly onChange: (state: FieldState) => void;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
  readonly onSubmit: () => void;
}

/** Fetches what the look needs, and says how it is drawn. */
export type StyleOf = (settings: FieldSettings) => ElementStyleConfig;

export class Field {
  readonly #kind: FieldKind;
  readonly #styleOf: StyleOf;
  readonly #events: FieldEvents;
  readonly #input = document.querySelector('input') as HTMLInputElement;
  readonly #note = document.querySelector('p') as HTMLElement;
  readonly #sheet = new CSSStyleSheet();
  readonly #texts = JSON.parse(document.body.dataset.texts ?? '{}') as Readonly<Record<string, string>>;
  #brand: Brand | undefined;
  #shown = '';
  #told = '';

  constructor(kind: FieldKind, styleOf: StyleOf, events: FieldEvents) {
    this.#kind = kind;
    this.#styleOf = styleOf;
    this.#events = events;
    document.adoptedStyleSheets = [this.#sheet];
    const input = this.#input;
    input.addEventListener('input', (event) => this.#read((event as InputEvent).inputType ?? ''));
    // Some browsers fill a field in without an input event.
    input.addEventListener('change', () => input.value !== this.#shown && this.#read(''));
    input.addEventListener('focus', events.onFocus);
    input.addEventListener('blur', () => {
      this.showVerdict(false);
      events.onBlur();
    });
    input.addEventListener('keydown', ({ key, isComposing }) => key === 'Enter' && !isComposing && events.onSubmit());
  }

  get state(): FieldState {
    return this.#kind.judge(this.#input.value, { brand: this.#brand, nowMs: Date.now() });
  }

  /** What goes to the Vault. Every caller of this is a place to review. */
  values(): FieldValues {
    return this.#kind.values(this.#input.value);
  }

  dress(settings: FieldSettings): void {
    const { placeholder, disabled, label } = settings;
    applyStyle(this.#sheet, this.#styleOf(settings));
    this.#input.placeholder = placeholder;
    this.#input.disabled = disabled;
    this.#input.setAttribute('aria-label', label);
  }

  /** Of the text, its line and its padding: the frame may be taller. */
  get heightPx(): number {
    this.#input.style.height = 'auto';
    const height = this.#input.offsetHeight;
    this.#input.style.height = '';
    return height;
  }

  focus(): void {
    this.#input.focus();
  }

  blur(): void {
    this.#input.blur();
  }

  clear(): void {
    this.#input.value = '';
    this.#read('');
  }

  /** The number next door changed: a code that was right may have the wrong length now. */
  setBrand(brand: Brand | undefined): void {
    if (brand === this.#brand) return;
    this.#brand = brand;
    if (this.#input.value === '') return;
    this.#read('');
    if (document.activeElement !== this.#input) this.showVerdict(false);
  }

  /** `strict`: an empty field is an error too. */
  showVerdict(strict: boolean): void {
    const { empty, valid, error = 'This field is required' } = this.state;
    this.#draw(valid, (strict || !empty) && !valid ? error : '');
  }

  #read(inputType: string): void {
    const { value: typed, selectionStart } = this.#input;
    const value = plainDigits(typed);
    const now = { text: value, caret: selectionStart ?? value.length };
    const deleting = inputType.startsWith('delete');
    const edit = deleting ? deleteDigit(this.#shown, now, inputType) : now;
    const situation = { brand: this.#brand, nowMs: Date.now(), deleting };
    const { text, caret } = reformat(edit, (typed) => this.#kind.format(typed, situation));
    if (text !== typed) {
      this.#input.value = text;
      if (document.activeElement === this.#input) this.#input.setSelectionRange(caret, caret);
    }
    this.#shown = text;
    // No verdict while somebody types, but a fault that is mended goes at once.
    this.#draw(false, '');
    this.#tellChange();
  }

  /** Only what is new: an event for every key would tell the page how long the value is. */
  #tellChange(): void {
    const { state } = this;
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.#events.onChange(state);
  }

  #draw(complete: boolean, error: string): void {
    this.#input.classList.toggle('complete', complete);
    this.#input.classList.toggle('invalid', error !== '');
    this.#input.setAttribute('aria-invalid', String(error !== ''));
    // Read out in the language of the page; what its script hears of the field are the contract's words.
    this.#note.textContent = this.#texts[error] ?? error;
  }
}
