// Which pages may hold a frame (contract 2.7): those of a signed address, those registered for a pub key, or in test
// mode those on this machine.
import { verify } from 'node:crypto';
import { Refusal } from '@ozura/core/errors';
import type { Mode } from '@ozura/core/ids';
import { frameMessage } from '@ozura/core/redirect-message';
import type { SigningKeys } from './signing-keys.ts';

export interface Ancestors {
  /** For `frame-ancestors`: the browser checks the whole chain. */
  readonly sources: readonly string[];
  /** Whose first message the frame takes: the page right around it. */
  readonly parents: readonly string[];
  /** The page around it is our Checkout's. */
  readonly isHosted?: true;
  /** For the frame's calls to the Vault. */
  readonly pubKey?: string;
}

export interface AncestorRules {
  readonly mode: Mode;
  readonly checkoutUrl: string;
  readonly signingKeys: SigningKeys;
  /** The clock that the ends of sessions are compared with. */
  readonly now: () => Promise<number>;
  /** `undefined`: there is no such pub key. */
  readonly originsOf: (pubKey: string) => Promise<readonly string[] | undefined>;
}

/** The parameters of a frame's address; a parameter given twice counts as not given. */
export type FrameQuery = Readonly<Record<string, unknown>>;

/** Hosts of this machine that a policy can name: it has no way to write an IPv6 address. */
const LOOPBACK: Ancestors = {
  sources: ['http://localhost:*', 'http://127.0.0.1:*', 'https://localhost:*', 'https://127.0.0.1:*'],
  parents: ['loopback'],
};

export async function ancestorsOf(query: FrameQuery, rules: AncestorRules): Promise<Ancestors> {
  const { checkoutUrl, pubKey } = query;
  if (checkoutUrl !== undefined) return signedAncestors(query, rules);
  if (pubKey !== undefined) return registeredAncestors(String(pubKey), rules);
  if (rules.mode === 'test') return LOOPBACK;
  throw new Refusal('MISSING_CREDENTIALS', { message: 'A pubKey is required in live mode' });
}

async function signedAncestors(query: FrameQuery, rules: AncestorRules): Promise<Ancestors> {
  const { checkoutUrl, parentOrigin = '', exp, keyId, sig } = query;
  const known = typeof keyId === 'string' ? await rules.signingKeys.find(keyId) : undefined;
  const facts = { checkoutUrl: rules.checkoutUrl, parentOrigin: String(parentOrigin), expiresAtMs: Number(exp) };
  const genuine =
    known !== undefined &&
    // Another Checkout's address is refused even if it were well signed.
    checkoutUrl === rules.checkoutUrl &&
    typeof sig === 'string' &&
    verify(null, Buffer.from(frameMessage(facts)), known, Buffer.from(sig, 'base64url'));
  if (!genuine || !(facts.expiresAtMs > (await rules.now()))) {
    throw new Refusal('PERMISSION_DENIED', { message: 'The address of this frame is not valid or has expired' });
  }
  const own = new URL(rules.checkoutUrl).origin;
  // Signed, and still parsed again: nothing gets into a header that is not an origin.
  const outer = facts.parentOrigin === '' ? [] : [new URL(facts.parentOrigin).origin];
  return { sources: [own, ...outer], parents: [own], isHosted: true };
}

async function registeredAncestors(pubKey: string, { mode, originsOf }: AncestorRules): Promise<Ancestors> {
  const origins = await originsOf(pubKey);
  if (origins === undefined) throw new Refusal('INVALID_CREDENTIALS', { message: 'Unknown pub key' });
  if (origins.length > 0) return { sources: origins, parents: origins, pubKey };
  // A test key nobody registered pages for works as no key does: on this machine.
  if (mode === 'test') return { ...LOOPBACK, pubKey };
  throw new Refusal('PERMISSION_DENIED', { message: 'No origins are registered for this pub key' });
}
