// A field as a component: a place in the document that an element is mounted in while the component is there.
import { createElement, type ReactElement, useEffect, useRef } from 'react';
import type { ElementOptions, OzElement } from '../browser/element.ts';
import type { ElementEvents } from '../browser/events.ts';
import type { OzVault } from '../browser/vault.ts';
import { type BankField, CARD_FIELDS, type CardField, type FieldType } from '../protocol.ts';
import { useLatest, useShared } from './provider.ts';
import { useSettledEffect } from './settled-effect.ts';

type On<K extends keyof ElementEvents> = (event: ElementEvents[K]) => void;

export interface FieldEventProps {
  readonly onChange?: On<'change'> | undefined;
  readonly onFocus?: On<'focus'> | undefined;
  readonly onBlur?: On<'blur'> | undefined;
  readonly onLoadError?: On<'loaderror'> | undefined;
}

export interface FieldProps extends FieldEventProps {
  /** Of the text in the frame; the frame's place is styled by `className`. */
  readonly style?: ElementOptions['style'] | undefined;
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** Accessible name. */
  readonly label?: string | undefined;
  readonly className?: string | undefined;
  readonly id?: string | undefined;
  readonly onReady?: On<'ready'> | undefined;
}

export function Field({ type, ...props }: FieldProps & { readonly type: FieldType }): ReactElement {
  const { opened, tellField } = useShared();
  const place = useRef<HTMLDivElement>(null);
  const element = useRef<OzElement>(undefined);
  const latest = useLatest(props);
  useSettledEffect(() => {
    if (opened === undefined || opened.signal.aborted || place.current === null) return () => undefined;
    const mounted = open(opened.vault, type, optionsOf(latest.current))
      .on('ready', (event) => {
        tellField(place, true);
        latest.current.onReady?.(event);
      })
      .on('change', (event) => latest.current.onChange?.(event))
      .on('focus', (event) => latest.current.onFocus?.(event))
      .on('blur', (event) => latest.current.onBlur?.(event))
      .on('loaderror', (event) => latest.current.onLoadError?.(event))
      .mount(place.current);
    element.current = mounted;
    return () => {
      element.current = undefined;
      mounted.destroy();
      tellField(place, false);
    };
  }, [opened, type, tellField]);
  // Also before there is a vault: nothing is ready while a field on the page is not.
  useEffect(() => {
    tellField(place, false);
    return () => tellField(place, undefined);
  }, [tellField]);
  const look = JSON.stringify(optionsOf(props));
  useEffect(() => element.current?.update(JSON.parse(look)), [look]);
  const { id, className } = props;
  return createElement('div', { id, className, ref: place, 'data-oz-field': type });
}

const open = (vault: OzVault, type: FieldType, options: ElementOptions): OzElement =>
  CARD_FIELDS.some((one) => one === type)
    ? vault.createElement(type as CardField, options)
    : vault.createBankElement(type as BankField, options);

const optionsOf = ({ style = {}, placeholder = '', disabled = false, label }: FieldProps): ElementOptions => ({
  style,
  placeholder,
  disabled,
  ...(label !== undefined && { label }),
});
