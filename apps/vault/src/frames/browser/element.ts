// What runs in a field's frame: joins its input to the page around it (events, never values) and to the tokenizer.
import type { FieldToPage, FieldType, PageToField } from '@ozura/elements/protocol';
import { seal, unseal } from '@ozura/elements/protocol';
import { Field, type StyleOf } from './field.ts';
import type { FieldKind } from './kind.ts';
import { type FieldToTokenizer, linkTo, type TokenizerToField } from './link.ts';
import { closeSideDoors, onceMounted } from './window.ts';

/** The kinds of field that the script of a frame knows; the server names the one of this frame. */
export function openElement<T extends FieldType>(kinds: Readonly<Record<T, FieldKind>>, styleOf: StyleOf): void {
  closeSideDoors();
  const type = document.body.dataset.field as T;
  onceMounted<PageToField>((hello, page) => openField({ type, kind: kinds[type], styleOf }, hello, page));
}

interface Element {
  readonly type: FieldType;
  readonly kind: FieldKind;
  readonly styleOf: StyleOf;
}

function openField({ type, kind, styleOf }: Element, hello: PageToField & { vault: string }, page: MessagePort): void {
  const { vault } = hello;
  const tell = (message: FieldToPage): void => page.postMessage(seal(vault, message));
  let tokenizer: MessagePort | undefined;
  const send = (message: FieldToTokenizer): void => tokenizer?.postMessage(seal(vault, message));
  const tellBrand = (): void => {
    if (type === 'cardNumber') send({ type: 'brand', brand: field.state.cardBrand });
  };
  const field = new Field(kind, styleOf, {
    onChange: (state) => {
      tell({ type: 'change', state });
      tellBrand();
    },
    onFocus: () => tell({ type: 'focus' }),
    onBlur: () => tell({ type: 'blur' }),
    onSubmit: () => tell({ type: 'submit' }),
  });
  const hearTokenizer = (message: TokenizerToField): void => {
    if (message.type === 'brand') field.setBrand(message.brand);
    else if (message.type === 'collect') send(answer(field, message.call));
    else if (message.type === 'linked') {
      tell({ type: 'ready' });
      tellBrand();
    }
  };
  page.onmessage = ({ data }) => {
    const message = unseal<PageToField>(data, vault);
    if (message?.type === 'update') field.dress(message.settings);
    else if (message?.type === 'link') tokenizer = linkTo(vault, type, hearTokenizer);
    else if (message?.type === 'focus' || message?.type === 'blur' || message?.type === 'clear') field[message.type]();
  };
  if (hello.type === 'mount') field.dress(hello.settings);
  tell({ type: 'loaded', heightPx: field.heightPx });
}

/** The value of a field that is right; one that is not shows why, and keeps what it holds. */
function answer(field: Field, call: number): FieldToTokenizer {
  const { valid, error = 'This field is required' } = field.state;
  if (!valid) field.showVerdict(true);
  return valid ? { type: 'value', call, values: field.values() } : { type: 'value', call, error };
}
