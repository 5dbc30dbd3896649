// Under which name a request sends the security code: an answer that repeats it may use the same.
import type { Template } from './placeholders.ts';

const PLACEHOLDER = /\$\{cv[vc]\}|%24%7[bB]cv[vc]%7[dD]|\bcvvPlaceholder\b/;
/** `<name …>` before the text it is in. */
const TAG = /<([\w.:-]{1,64})(?:\s[^<>]*)?>[^<>]*$/;
/** `"name": "`, `name=`, `name="`, also of a list. */
const MEMBER = /([\w.:-]{1,64})["']?\s{0,8}[:=][\s["']{0,8}$/;

/** Names under which an answer has its amounts and results: those would be taken for the code by chance. */
const ANYTHING = /^(value|amount|total|number|code|id)$/i;

export function codeFieldOf({ text }: Pick<Template, 'text'>): string | undefined {
  const at = text.search(PLACEHOLDER);
  const before = text.slice(Math.max(0, at - 512), Math.max(0, at));
  const name = (MEMBER.exec(before) ?? TAG.exec(before))?.[1];
  return name === undefined || ANYTHING.test(name) ? undefined : name;
}
