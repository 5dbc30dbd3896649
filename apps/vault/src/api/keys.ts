// `GET` and `POST /keys/rotation`: the operator rotates the keys (contract 13.2).
import type { Call } from '@ozura/kit/http/route';
import { operatorOf } from '../auth.ts';
import type { VaultContext } from '../context.ts';
import { REPLACED } from '../keys/key-rules.ts';
import type { Rotation, RotationProgress } from '../keys/rotation.ts';
import { countCurrentKeys } from '../store/keys.ts';
import { countSealed } from '../store/sealed-tokens.ts';

export const handleGetRotation = (rotation: Rotation) => async () => ({
  success: true,
  data: shown(await rotation.progress()),
});

/** Asking again while one is running is how to watch it, also after a crash. */
export const handleStartRotation =
  (context: VaultContext, rotation: Rotation) =>
  async ({ input, request }: Call<{ readonly dry_run: boolean }, undefined>) => {
    const { keys, audit, crash } = context;
    const before = await rotation.progress();
    if (input.dry_run) return { success: true, data: { ...shown(await planned(context, before)), started: false } };
    if (before.running) return { success: true, data: { ...shown(before), started: false } };
    await keys.rotateWrapper(async (tx, id) => {
      const event = {
        merchantId: '',
        actor: operatorOf(request),
        action: 'rotate_keys',
        object: id,
        outcome: 'allowed',
      } as const;
      await audit.record(tx, { ...event, address: request.ip, requestId: request.id }, await tx.now());
    });
    crash('rotation-wrapper');
    rotation.wake();
    return { success: true, data: { ...shown(await rotation.progress()), started: true } };
  };

async function planned({ db }: VaultContext, before: RotationProgress) {
  const { replaced, rewrapped } = await countCurrentKeys(db, REPLACED);
  return {
    ...before,
    recordsLeft: await countSealed(db),
    keysLeft: replaced + rewrapped,
    // What is replaced, and the key that wraps it.
    keysToDestroy: before.keysToDestroy + replaced + 1,
  };
}

const shown = (progress: RotationProgress) => ({
  running: progress.running,
  kek_version: progress.kekVersion,
  records_left: progress.recordsLeft,
  records_unreadable: progress.recordsUnreadable,
  keys_left: progress.keysLeft,
  keys_to_destroy: progress.keysToDestroy,
});
