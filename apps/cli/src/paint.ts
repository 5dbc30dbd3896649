// Colours for people: only on a terminal, and not when NO_COLOR is set.
import type { EnvReader } from '@ozura/kit/env';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  link(text: string): string;
  good(text: string): string;
}

const wrap =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;
const plain = (text: string): string => text;

export function openPaint(env: EnvReader): Paint {
  const colours = process.stdout.isTTY === true && !env.has('NO_COLOR') && env.text('TERM', '') !== 'dumb';
  return colours
    ? { bold: wrap(1, 22), dim: wrap(2, 22), link: wrap(36, 39), good: wrap(32, 39) }
    : { bold: plain, dim: plain, link: plain, good: plain };
}
