// `POST`, `GET` and `DELETE /sandbox/programs` (contract 14.6): passed on to the sandbox processor. Test mode only.
import type { InputOf } from '@ozura/contract/endpoint';
import type { createSandboxProgram, listSandboxPrograms } from '@ozura/contract/pay/sandbox-programs';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../../authentication.ts';
import type { PayContext } from '../../context.ts';
import { askSandbox, merchantOf } from '../../sandbox.ts';

type Create = Call<InputOf<typeof createSandboxProgram>, Caller>;
type Question = Call<InputOf<typeof listSandboxPrograms>, Caller>;

export async function createProgram(context: PayContext, call: Create): Promise<unknown> {
  const { merchantId: _own, ...program } = call.input;
  const merchant = merchantOf(call);
  const { program: data } = await askSandbox(context, 'POST', '/programs', { merchant, ...program });
  return { success: true, data };
}

export async function listPrograms(context: PayContext, call: Question): Promise<unknown> {
  const query = new URLSearchParams({ merchant: merchantOf(call) });
  const { programs: data } = await askSandbox(context, 'GET', `/programs?${query}`);
  return { success: true, data };
}

export async function deletePrograms(context: PayContext, call: Question): Promise<unknown> {
  const query = new URLSearchParams({ merchant: merchantOf(call) });
  const { deleted } = await askSandbox(context, 'DELETE', `/programs?${query}`);
  return { success: true, data: { deleted } };
}
