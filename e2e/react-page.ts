// The script of a merchant's React page in tests: card fields, bank fields and what the hook says, under strict mode.
import { OzBankCard, OzCard, OzElements, type OzElementsHandle, useOzElements } from '@ozura/elements/react';
import { createElement, StrictMode, useState, version } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';

/** Globals of the page. */
export interface ReactPage {
  readonly reactVersion: string;
  /** As the hook answered last. */
  handle: OzElementsHandle;
  readonly events: { readonly name: string; readonly type?: string }[];
  show(frameBaseUrl: string, sessionUrl?: string): void;
  /** Takes over what a server has drawn. */
  hydrate(frameBaseUrl: string, drawn: string): void;
  dress(placeholder: string): void;
  toggleBank(): void;
  leave(): void;
}

const here = globalThis as unknown as ReactPage;
const root = createRoot(document.querySelector('#root') as HTMLElement);

function Form() {
  const [placeholder, setPlaceholder] = useState('Number');
  const [hasBank, setBank] = useState(false);
  const tell = (name: string) => (event?: { readonly type: string }) =>
    void here.events.push({ name, ...(event && { type: event.type }) });
  Object.assign(here, {
    handle: useOzElements(),
    dress: setPlaceholder,
    toggleBank: () => setBank((shown) => !shown),
  });
  return createElement(
    'form',
    null,
    createElement(OzCard, {
      placeholder,
      onReady: tell('ready'),
      onChange: tell('change'),
      onFocus: tell('focus'),
      onBlur: tell('blur'),
    }),
    hasBank && createElement(OzBankCard),
  );
}

const shop = (frameBaseUrl: string, sessionUrl: string) =>
  createElement(StrictMode, null, createElement(OzElements, { frameBaseUrl, sessionUrl }, createElement(Form)));

Object.assign(here, {
  reactVersion: version,
  events: [],
  show: (frameBaseUrl: string, sessionUrl = '/session') => root.render(shop(frameBaseUrl, sessionUrl)),
  hydrate(frameBaseUrl: string, drawn: string) {
    const place = document.createElement('div');
    place.innerHTML = drawn;
    document.body.append(place);
    hydrateRoot(place, shop(frameBaseUrl, '/session'));
  },
  leave: () => root.render(null),
});
