// The one request of the frames: values and a session key to the Vault, a token back (contract 7.1).
import type { Tokenized, TokenizeFailure } from '@ozura/elements/protocol';
import type { FieldValues } from './link.ts';

export interface VaultCall {
  readonly vaultUrl: string;
  readonly pubKey: string | undefined;
  readonly sessionKey: string;
  readonly type: 'card' | 'bank';
  readonly values: FieldValues;
  readonly signal: AbortSignal;
}

interface VaultAnswer {
  readonly token?: string;
  readonly data?: {
    readonly expiration_month?: string;
    readonly expiration_year?: string;
    readonly routing_number?: string;
  } | null;
  readonly cvc_session_id?: string;
  readonly bin?: string;
  readonly card?: { readonly brand: string; readonly last4: string };
  readonly bank?: { readonly last4: string };
  readonly message?: string;
  readonly errorCode?: string;
}

export async function askVault(call: VaultCall): Promise<Tokenized | TokenizeFailure> {
  const { vaultUrl, pubKey, sessionKey, type, values, signal } = call;
  try {
    const answer = await fetch(`${vaultUrl}/tokenize`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-session-key': sessionKey,
        ...(pubKey && { 'x-pub-key': pubKey }),
      },
      body: JSON.stringify({ type, data: values }),
      credentials: 'omit',
      redirect: 'error',
      signal,
    });
    const body = parsed(await answer.text());
    return answer.status === 201 && typeof body.token === 'string' ? tokenized(body) : failure(answer.status, body);
  } catch (error) {
    return { kind: 'network', text: String((error as Error).name) };
  }
}

/** Nothing for a page of HTML, or half an answer. */
function parsed(text: string): VaultAnswer {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function tokenized({ token = '', cvc_session_id, bin = '', data, card, bank }: VaultAnswer): Tokenized {
  return {
    token,
    ...(cvc_session_id && { cvcSession: cvc_session_id }),
    ...(card && {
      card: {
        last4: card.last4,
        brand: card.brand,
        bin,
        expMonth: data?.expiration_month ?? '',
        expYear: data?.expiration_year ?? '',
      },
    }),
    ...(bank && { bank: { last4: bank.last4, routingNumber: data?.routing_number ?? '' } }),
  };
}

const failure = (status: number, { message, errorCode }: VaultAnswer): TokenizeFailure => ({
  kind: 'answer',
  text: String(message ?? ''),
  status,
  errorCode: String(errorCode ?? ''),
});
