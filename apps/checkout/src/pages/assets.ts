// The files of the hosted pages, bundled at the start of the program.
import { type BrowserFile, bundle } from '@ozura/kit/bundle';

export interface Assets {
  /** The small picture in the browser's tab. */
  readonly icon: BrowserFile;
  /** All card brands in one picture, each a view of its name. Loaded when a brand is known. */
  readonly brands: BrowserFile;
  readonly checkoutStyle: BrowserFile;
  readonly donateStyle: BrowserFile;
  /** All other pages. */
  readonly resultStyle: BrowserFile;
  /** The form of a session that can be paid. */
  readonly checkoutScript: BrowserFile;
  readonly donateScript: BrowserFile;
  /** Beside these two, when the field for a phone number is used. */
  readonly phoneScript: BrowserFile;
  /** Beside one of the others, on pages in an iframe. */
  readonly framedScript: BrowserFile;
  readonly previewScript: BrowserFile;
  /** The developers' page: no customer sees it. */
  readonly sandboxScript: BrowserFile;
  readonly sandboxStyle: BrowserFile;
  /** All other pages: appearance, asking for an outcome, going back. */
  readonly pageScript: BrowserFile;
}

export const bundleAssets = (): Assets => ({
  icon: bundle(new URL('./styles/icon.svg', import.meta.url)),
  brands: bundle(new URL('./styles/brands.svg', import.meta.url)),
  checkoutStyle: bundle(new URL('./styles/checkout.css', import.meta.url)),
  donateStyle: bundle(new URL('./styles/donate.css', import.meta.url)),
  resultStyle: bundle(new URL('./styles/result.css', import.meta.url)),
  checkoutScript: bundle(new URL('../browser/checkout.ts', import.meta.url)),
  donateScript: bundle(new URL('../browser/donate.ts', import.meta.url)),
  phoneScript: bundle(new URL('../browser/phone.ts', import.meta.url)),
  framedScript: bundle(new URL('../browser/framed.ts', import.meta.url)),
  previewScript: bundle(new URL('../browser/preview.ts', import.meta.url)),
  sandboxScript: bundle(new URL('../browser/sandbox.ts', import.meta.url)),
  sandboxStyle: bundle(new URL('./styles/sandbox.css', import.meta.url)),
  pageScript: bundle(new URL('../browser/page.ts', import.meta.url)),
});
