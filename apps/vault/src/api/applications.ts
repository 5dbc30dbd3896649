// Applications, managed by the operator (contract 7.7). Each change of a key or of its rights is in the audit log.

import type { InputOf } from '@ozura/contract/endpoint';
import type { createApplication, updateApplication } from '@ozura/contract/vault/applications';
import { invalidValue, missingField } from '@ozura/contract/vault/reader';
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { noCardNumber } from '@ozura/core/cardless';
import { Refusal } from '@ozura/core/errors';
import { newPubKey, newVaultKey, randomText } from '@ozura/core/ids';
import { hashKey } from '@ozura/kit/auth';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { AuditAction } from '../audit.ts';
import { namedMerchant, operatorOf } from '../auth.ts';
import { actorOf, type KeyCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { destinationRule, isDestination } from '../proxy/destinations.ts';
import {
  type Application,
  ensureProject,
  findApplication,
  insertApplication,
  listLiveApplications,
  type Permissions,
  revokeApplication,
  updateApplicationRow,
} from '../store/applications.ts';
import { revokeSessionsOf } from '../store/sessions.ts';

type ByAdmin<Input> = Call<Input, undefined>;
type SentPermissions = InputOf<typeof createApplication>['permissions'];

const idCharacters = 22;

export const handleCreateApplication =
  (context: VaultContext) =>
  async ({ input, request }: ByAdmin<InputOf<typeof createApplication>>) => {
    const merchantId = namedMerchant(request);
    if (merchantId === undefined) throw missingField('X-Merchant-Id');
    const { db, config, random } = context;
    if (holdsCardNumber(merchantId)) throw invalidValue(`X-Merchant-Id: ${noCardNumber}`);
    checkDestinations(context, input.destinations);
    const id = randomText(random, idCharacters);
    const key = newVaultKey(id.slice(0, 8), config.mode, random);
    const application = await db.transact(async (tx) => {
      const made: Application = {
        id: `app_${id}`,
        projectId: await ensureProject(tx, merchantId, `proj_${randomText(random, idCharacters)}`),
        merchantId,
        name: input.name,
        pubKey: newPubKey(config.mode, random),
        permissions: permissionsOf(input.permissions),
        destinations: input.destinations,
        origins: input.origins,
        createdAt: await tx.now(),
      };
      await insertApplication(tx, made, hashKey(config.pepper, key));
      await record(context, tx, { application: made, action: 'create_application', request });
      return made;
    });
    return { success: true, data: { ...shown(application), api_key: key } };
  };

export const handleListApplications =
  ({ db }: VaultContext) =>
  async ({ request }: ByAdmin<unknown>) => {
    const applications = await listLiveApplications(db, namedMerchant(request));
    return { success: true, data: applications.map(shown) };
  };

export const handleGetApplication =
  ({ db }: VaultContext) =>
  async ({ params }: ByAdmin<unknown>) => ({ success: true, data: shown(await load(db, params.id)) });

export const handleUpdateApplication =
  (context: VaultContext) =>
  async ({ input, params, request }: ByAdmin<InputOf<typeof updateApplication>>) => {
    if (input.destinations !== undefined) checkDestinations(context, input.destinations);
    const changed = await context.db.transact(async (tx) => {
      const before = await load(tx, params.id);
      const application: Application = {
        ...before,
        name: input.name ?? before.name,
        permissions: input.permissions === undefined ? before.permissions : permissionsOf(input.permissions),
        destinations: input.destinations ?? before.destinations,
        origins: input.origins ?? before.origins,
      };
      await updateApplicationRow(tx, application);
      if (!application.permissions.tokenization) await endSessionsOf(tx, application, await tx.now());
      await record(context, tx, { application, action: 'update_application', request });
      return application;
    });
    return { success: true, data: shown(changed) };
  };

export const handleDeleteApplication =
  (context: VaultContext) =>
  async ({ params, request }: ByAdmin<unknown>) => {
    await context.db.transact(async (tx) => {
      const application = await load(tx, params.id);
      const nowMs = await tx.now();
      if (!(await revokeApplication(tx, application.id, nowMs))) throw new Refusal('NOT_FOUND');
      await endSessionsOf(tx, application, nowMs);
      await record(context, tx, { application, action: 'revoke_application', request });
    });
    return { success: true, data: { deleted: true } };
  };

export const handleVerifyKey =
  () =>
  async ({ who }: Call<unknown, { readonly caller: KeyCaller; readonly byService: boolean }>) => {
    const { id, projectId, name, permissions, merchantId } = who.caller.application;
    return {
      success: true,
      message: 'API key is valid',
      data: {
        project_id: projectId,
        application_id: id,
        name,
        permissions: shownPermissions(permissions),
        ...(who.byService ? { merchant_id: merchantId } : {}),
      },
    };
  };

/** What the key has handed out ends with it, and with its permission. */
const endSessionsOf = (tx: Handle, application: Application, nowMs: number) =>
  revokeSessionsOf(tx, actorOf({ kind: 'key', application, merchantId: application.merchantId }), nowMs);

async function load(db: Handle, id: string | undefined): Promise<Application> {
  const application = await findApplication(db, id ?? '');
  if (application === undefined) throw new Refusal('NOT_FOUND');
  return application;
}

function checkDestinations({ config }: VaultContext, destinations: readonly string[]): void {
  const bad = destinations.findIndex((destination) => !isDestination(destination, config));
  if (bad !== -1) throw invalidValue(`destinations[${bad}]: ${destinationRule}`);
}

interface Change {
  readonly application: Application;
  readonly action: AuditAction;
  readonly request: Call<unknown, unknown>['request'];
}

const record = async ({ audit }: VaultContext, tx: Handle, { application, action, request }: Change): Promise<void> =>
  audit.record(
    tx,
    {
      merchantId: application.merchantId,
      actor: operatorOf(request),
      action,
      object: application.id,
      outcome: 'allowed',
      address: request.ip,
      requestId: request.id,
    },
    await tx.now(),
  );

const permissionsOf = ({ tokenization, provisioning, detokenization }: SentPermissions): Permissions => ({
  tokenization: tokenization.allowed,
  provisioning: provisioning.allowed,
  detokenization: detokenization.allowed,
});

const shownPermissions = ({ tokenization, provisioning, detokenization }: Permissions) => ({
  tokenization: { allowed: tokenization },
  provisioning: { allowed: provisioning },
  detokenization: { allowed: detokenization },
});

const shown = ({ id, merchantId, name, pubKey, permissions, destinations, origins, createdAt }: Application) => ({
  id,
  merchant_id: merchantId,
  name,
  pub_key: pubKey,
  permissions: shownPermissions(permissions),
  destinations,
  origins,
  created_at: new Date(createdAt).toISOString(),
});
