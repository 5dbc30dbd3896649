// The few drawings of the pages, inline so that they cost no request. Decoration: the text beside each says it.
import { Html } from '@ozura/kit/html';

const icon = (path: string): Html =>
  new Html(
    `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`,
  );

export const lockIcon = icon('<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>');
export const checkIcon = icon('<circle cx="12" cy="12" r="9"/><path d="m8.5 12.3 2.4 2.4 4.8-5"/>');
export const clockIcon = icon('<circle cx="12" cy="12" r="9"/><path d="M12 7.5V12l3 2"/>');
export const crossIcon = icon('<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6m0-6-6 6"/>');
export const alertIcon = icon('<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5m0 3.2v.1"/>');
