// `GET /bins/{6-8 digits}` (contract 7.8).
import { invalidValue } from '@ozura/contract/vault/reader';
import { lookUpBin } from '@ozura/core/card/funding';
import type { Call } from '@ozura/kit/http/route';
import type { VaultContext } from '../context.ts';

export const handleGetBin =
  ({ bins }: VaultContext) =>
  async ({ params }: Call<unknown, unknown>) => {
    const { bin = '' } = params;
    if (!/^[0-9]{6,8}$/.test(bin)) throw invalidValue('bin');
    return { success: true, data: lookUpBin(bins, bin) };
  };
