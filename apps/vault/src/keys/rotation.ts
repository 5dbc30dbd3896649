// Rotation while the Vault works (contract 13.2). Nothing remembers how far it is but the rows themselves: a value is on
// an old key or on the newest, a key is wrapped by an old one or by the newest. So it can stop anywhere and go on.

import { takeJobLease } from '@ozura/kit/db/job-lease';
import { seal, unseal } from '@ozura/kit/envelope';
import type { VaultContext } from '../context.ts';
import { holderField, numberField, placeOf } from '../sealed-value.ts';
import {
  countRotatingKeys,
  destroyKey,
  isKeyNeeded,
  listOlderWrappers,
  listOutdatedKeys,
  listRetiredKeys,
  markReplacedKeys,
  type WrappedKey,
} from '../store/keys.ts';
import { countSealedWithOld, listSealedWith, moveToKey, type SealedRow } from '../store/sealed-tokens.ts';
import { ageMaxMs, installation, isReplaced, KEK, keyIdleSecondsDefault, type Purpose, REPLACED } from './key-rules.ts';

export interface RotationProgress {
  readonly running: boolean;
  readonly kekVersion: number;
  readonly recordsLeft: number;
  /** Of them, those that do not decrypt with the key that they name. */
  readonly recordsUnreadable: number;
  /** Keys to be replaced or wrapped anew. */
  readonly keysLeft: number;
  /** Old versions that are still there. */
  readonly keysToDestroy: number;
}

export interface Rotation {
  progress(): Promise<RotationProgress>;
  /** Does what is left to do, unless another process does it, or looks now and then whether anything is. */
  advance(stopping: AbortSignal): Promise<void>;
  /** Something was started: `advance` has to look. */
  wake(): void;
}

const keysPerPass = 100;
const markedAtOnce = 1_000;
/** Together with what requests write it fits one group of commits. */
const recordsPerStep = 64;
/** Between two steps requests have the processor for themselves. */
const pauseMs = 2;
const lookEveryMs = 10_000;
export const rotationJob = 'rotate-keys';
/** Another process goes on after one that died. */
const leaseMs = 30_000;

/** One turn at the work, as the only process that does it. */
interface Turn {
  readonly context: VaultContext;
  /** False when the program stops, or another process has taken over. */
  readonly goesOn: () => Promise<boolean>;
}

export function openRotation(context: VaultContext): Rotation {
  const { db, now } = context;
  let lookAtMs = 0;
  let unreadable = 0;
  let isMarked = false;
  const idleSinceMs = new Map<string, number>();
  const progress = async (): Promise<RotationProgress> => {
    const { version } = await context.keys.wrapper();
    const left = await outdated(context);
    const counts = await countRotatingKeys(db, left);
    // A value that is left has a key that is left.
    const running = counts.outdated + counts.retired > 0;
    const recordsLeft = running ? await countSealedWithOld(db, left.wrappers) : 0;
    return {
      running,
      kekVersion: version,
      recordsLeft,
      recordsUnreadable: recordsLeft === 0 ? 0 : unreadable,
      keysLeft: counts.outdated,
      keysToDestroy: counts.retired,
    };
  };
  return {
    progress,
    wake() {
      lookAtMs = 0;
    },
    async advance(stopping) {
      if (lookAtMs > now()) return;
      lookAtMs = now() + lookEveryMs;
      context.keys.forget();
      if (!isMarked) await markReplaced(context);
      isMarked = true;
      // Each process that looks would else do the same work beside the others, for nothing.
      const lease = (await isLeft(context)) ? await takeJobLease(context, rotationJob, leaseMs) : undefined;
      if (lease === undefined) return;
      lookAtMs = 0;
      const turn = { context, goesOn: async () => !stopping.aborted && (await lease.keep()) };
      try {
        await replaceKeys(turn);
        unreadable = await moveRecords(turn);
        await destroyKeys(turn, idleSinceMs);
      } finally {
        await lease.end();
      }
    },
  };
}

/** Those of before version 0008 of the database: once after a start. */
async function markReplaced({ db }: VaultContext): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; )
    after = await markReplacedKeys(db, after, markedAtOnce);
}

async function isLeft(context: VaultContext): Promise<boolean> {
  const { db } = context;
  return (
    (await listRetiredKeys(db, '', 1)).length + (await listOutdatedKeys(db, await outdated(context), 1)).length > 0
  );
}

async function outdated({ db, keys }: VaultContext) {
  const { id } = await keys.wrapper();
  return {
    wrappers: await listOlderWrappers(db, { id, purpose: KEK, merchantId: installation }),
    madeUntil: (await db.now()) - ageMaxMs,
    purposes: REPLACED,
  };
}

/** The newest keys that an older key wraps, or that are too old themselves. */
async function replaceKeys({ context, goesOn }: Turn): Promise<void> {
  const { db, keys, audit, crash } = context;
  while (await goesOn()) {
    const found = await listOutdatedKeys(db, await outdated(context), keysPerPass);
    for (const key of found) {
      if (isReplaced(key)) await keys.renew(key.purpose as Purpose, key.merchantId);
      else await keys.rewrap(key, async (tx) => audit.record(tx, byVault('rewrap_key', key), await tx.now()));
      crash('rotation-key');
    }
    if (found.length < keysPerPass) return;
  }
}

/** Answers how many values could not be moved. */
async function moveRecords({ context, goesOn }: Turn): Promise<number> {
  let unreadable = 0;
  for await (const key of retiredKeys(context)) {
    let after = '';
    while (await goesOn()) {
      const rows = await listSealedWith(context.db, key.id, after, recordsPerStep);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.token;
      const isRead = await Promise.all(rows.map((row) => moveRecord(context, key, row)));
      unreadable += isRead.filter((read) => !read).length;
      context.crash('rotation-records');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return unreadable;
}

/** False when the value does not decrypt. What was deleted or moved meanwhile is somebody else's work done. */
async function moveRecord(context: VaultContext, key: WrappedKey, row: SealedRow): Promise<boolean> {
  const { merchantId } = row;
  const purpose = key.purpose as Purpose;
  const [from, to] = await Promise.all([
    context.keys.version(purpose, merchantId, key.version),
    context.keys.current(purpose, merchantId),
  ]);
  const sealAnew = (sealed: Uint8Array, field: string): Uint8Array => {
    const place = placeOf(merchantId, row.token, field);
    const clear = unseal(from, sealed, place);
    const fresh = seal(to, clear, place, context.random);
    clear.fill(0);
    return fresh;
  };
  let moved: SealedRow;
  try {
    moved = {
      ...row,
      keyId: to.id,
      sealedNumber: sealAnew(row.sealedNumber, numberField),
      sealedHolder: row.sealedHolder === null ? null : sealAnew(row.sealedHolder, holderField),
    };
  } catch {
    context.log.error({ token: row.token, key: key.id }, 'a sealed value does not decrypt with the key that it names');
    return false;
  }
  await moveToKey(context.db, key.id, moved);
  return true;
}

/** A request may have read a value just before it moved: what it needs stays for as long as a request may take. */
async function destroyKeys({ context, goesOn }: Turn, idleSinceMs: Map<string, number>): Promise<void> {
  const idleMs = (context.config.keyIdleSeconds ?? keyIdleSecondsDefault) * 1000;
  for await (const key of retiredKeys(context)) {
    if (!(await goesOn())) return;
    const nowMs = context.now();
    if (await isKeyNeeded(context.db, key.id)) idleSinceMs.delete(key.id);
    else if (!idleSinceMs.has(key.id)) idleSinceMs.set(key.id, nowMs);
    else if ((idleSinceMs.get(key.id) ?? nowMs) + idleMs <= nowMs) {
      await destroy(context, key);
      idleSinceMs.delete(key.id);
      context.crash('rotation-destroy');
    }
  }
}

async function destroy({ db, audit, log }: VaultContext, key: WrappedKey): Promise<void> {
  try {
    await db.transact(async (tx) => {
      if (await destroyKey(tx, key.id)) await audit.record(tx, byVault('destroy_key', key), await tx.now());
    });
  } catch (error) {
    // A value was sealed with it in this moment; the next pass moves it.
    log.warn({ err: error, key: key.id }, 'an old key is still needed');
  }
}

async function* retiredKeys({ db }: VaultContext): AsyncGenerator<WrappedKey> {
  for (let after = ''; ; ) {
    const found = await listRetiredKeys(db, after, keysPerPass);
    yield* found;
    if (found.length < keysPerPass) return;
    after = found.at(-1)?.id ?? '';
  }
}

const byVault = (action: 'rewrap_key' | 'destroy_key', { id, merchantId }: WrappedKey) =>
  ({ merchantId, actor: 'vault', action, object: id, outcome: 'allowed', address: '', requestId: '' }) as const;
