// Several fields as one component.
import { createElement, type ReactElement, useRef } from 'react';
import type { FieldType } from '../protocol.ts';
import { Field, type FieldEventProps, type FieldProps } from './field.ts';

export interface FieldGroupProps<T extends FieldType = FieldType>
  extends FieldEventProps,
    Pick<FieldProps, 'style' | 'disabled' | 'className' | 'id'> {
  /** A text is for the first field. */
  readonly placeholder?: string | Readonly<Partial<Record<T, string>>> | undefined;
  /** Accessible name of the group; each field has its own. */
  readonly label?: string | undefined;
  /** Once, when all of them are. */
  readonly onReady?: (() => void) | undefined;
}

export function FieldGroup(props: FieldGroupProps & { readonly types: readonly FieldType[] }): ReactElement {
  const { types, placeholder, label, className, id, onReady, ...each } = props;
  const ready = useRef(new Set<FieldType>());
  const countReady = ({ type }: { readonly type: FieldType }): void => {
    const before = ready.current.size;
    ready.current.add(type);
    if (before < types.length && ready.current.size === types.length) onReady?.();
  };
  const placeholders = typeof placeholder === 'string' ? { [types[0] as FieldType]: placeholder } : placeholder;
  const fields = types.map((type) =>
    createElement(Field, { ...each, key: type, type, placeholder: placeholders?.[type], onReady: countReady }),
  );
  return createElement('div', { id, className, role: 'group', 'aria-label': label }, fields);
}
