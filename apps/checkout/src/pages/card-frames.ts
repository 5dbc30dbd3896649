// The frames of the card fields and of the tokenizer. They stand in the document, so that a browser loads them beside the
// page's script and not after it.
import { tokenizerName } from '@ozura/elements/protocol';
import { type Html, html } from '@ozura/kit/html';
import type { FramesView } from './view.ts';

/** `place`: also the last part of its address. */
export const cardFrame = (place: string, title: string, { elementsUrl, query, vaultId }: FramesView): Html =>
  html`<iframe src="${new URL(`/v1/frame/${place}?${query}`, elementsUrl).href}" title="${title}"${
    place === 'tokenizer' && html` name="${tokenizerName(vaultId)}"`
  } sandbox="allow-scripts allow-same-origin" allow="" referrerpolicy="no-referrer"></iframe>`;
