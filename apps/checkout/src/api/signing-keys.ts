// `GET /.well-known/ozura-keys.json` (contract 2.4): anybody may verify what we sign.
import type { Call } from '@ozura/kit/http/route';
import type { CheckoutContext } from '../context.ts';

export const publishKeys =
  ({ signing }: CheckoutContext) =>
  async ({ reply }: Call<unknown, unknown>): Promise<object> => {
    reply.headers({
      'Cache-Control': 'public, max-age=3600',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    return { keys: signing.publicKeys };
  };
