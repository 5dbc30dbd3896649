// Everything that the clients of one merchant were answered, and the secrets that were handed to them in it.
import type { Answer } from './calls.ts';

export interface Heard {
  hear(name: string, answer: Answer): void;
  readonly answers: readonly HeardAnswer[];
  /** What each is, by its value. */
  readonly secrets: ReadonlyMap<string, SecretKind>;
}

export interface HeardAnswer {
  /** The operation. */
  readonly name: string;
  /** With its headers. */
  readonly text: string;
}

export type SecretKind = keyof typeof HANDED_OUT;

/** The only answer that may have one in it. */
export const HANDED_OUT = {
  'the handle of a security code': { shape: /\bcvc_[\w-]{43}/g, by: 'tokenize' },
  'a session key': { shape: /\bvs_[0-9A-Za-z]{43}/g, by: 'session key' },
  'a page credential': { shape: /\bpc_[0-9A-Za-z]{43}/g, by: 'open page' },
} as const;

export function openHeard(): Heard {
  const answers: HeardAnswer[] = [];
  const secrets = new Map<string, SecretKind>();
  return {
    answers,
    secrets,
    hear(name, { headers, text }) {
      answers.push({ name, text: `${[...headers].join('\n')}\n\n${text}` });
      for (const [kind, { shape }] of Object.entries(HANDED_OUT))
        for (const [secret] of text.matchAll(shape)) secrets.set(secret, kind as SecretKind);
    },
  };
}
