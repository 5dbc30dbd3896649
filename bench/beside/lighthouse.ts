// What Lighthouse says of a page: its own mobile profile (a slow phone on Slow 4G), performance and accessibility.
import { loadBeside } from './install.ts';

export interface LighthouseScores {
  /** 0-100. */
  readonly performance: number;
  readonly accessibility: number;
}

type Lighthouse = (
  url: string,
  flags: { readonly port: number; readonly onlyCategories: readonly string[]; readonly logLevel: string },
) => Promise<{ readonly lhr: { readonly categories: Readonly<Record<string, { readonly score: number | null }>> } }>;

/** `port`: the debugging port of a running browser. */
export async function askLighthouse(url: string, port: number): Promise<LighthouseScores> {
  const { default: lighthouse } = (await loadBeside('lighthouse')) as { readonly default: Lighthouse };
  const { lhr } = await lighthouse(url, { port, onlyCategories: ['performance', 'accessibility'], logLevel: 'error' });
  const score = (category: string): number => Math.round((lhr.categories[category]?.score ?? 0) * 100);
  return { performance: score('performance'), accessibility: score('accessibility') };
}
