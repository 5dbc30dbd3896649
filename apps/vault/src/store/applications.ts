// Applications and the project of each merchant.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Application {
  readonly id: string;
  readonly projectId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly pubKey: string;
  readonly permissions: Permissions;
  /** URL prefixes that its key may proxy to. */
  readonly destinations: readonly string[];
  /** Origins of pages that may hold frames of its pub key. */
  readonly origins: readonly string[];
  readonly createdAt: number;
}

export interface Permissions {
  readonly tokenization: boolean;
  readonly provisioning: boolean;
  readonly detokenization: boolean;
}

type ApplicationRow = {
  readonly id: string;
  readonly projectId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly pubKey: string;
  readonly tokenization: number;
  readonly provisioning: number;
  readonly detokenization: number;
  readonly destinations: string;
  readonly origins: string;
  readonly createdAt: number;
};

const selectLive = sql`
  SELECT a.id, p.id AS "projectId", a.merchant_id AS "merchantId", a.name, a.pub_key AS "pubKey", a.tokenization,
    a.provisioning, a.detokenization, a.destinations, a.origins, a.created_at AS "createdAt"
  FROM applications a JOIN projects p ON p.merchant_id = a.merchant_id WHERE a.revoked_at IS NULL`;

const toApplication = (row: ApplicationRow): Application => ({
  id: row.id,
  projectId: row.projectId,
  merchantId: row.merchantId,
  name: row.name,
  pubKey: row.pubKey,
  permissions: {
    tokenization: row.tokenization === 1,
    provisioning: row.provisioning === 1,
    detokenization: row.detokenization === 1,
  },
  destinations: JSON.parse(row.destinations) as string[],
  origins: JSON.parse(row.origins) as string[],
  createdAt: row.createdAt,
});

const first = async (found: Promise<ApplicationRow | undefined>): Promise<Application | undefined> => {
  const row = await found;
  return row && toApplication(row);
};

export const findApplication = (db: Handle, id: string): Promise<Application | undefined> =>
  first(db.one(sql`${selectLive} AND a.id = ${id}`));

export const findApplicationByKey = (db: Handle, keyHash: string): Promise<Application | undefined> =>
  first(db.one(sql`${selectLive} AND a.key_hash = ${keyHash}`));

export const findApplicationByPubKey = (db: Handle, pubKey: string): Promise<Application | undefined> =>
  first(db.one(sql`${selectLive} AND a.pub_key = ${pubKey}`));

/** Of one merchant, or of all. */
export const listLiveApplications = async (db: Handle, merchantId: string | undefined): Promise<Application[]> => {
  const owner = merchantId ?? null;
  const rows = await db.all<ApplicationRow>(
    sql`${selectLive} AND a.merchant_id = COALESCE(${owner}, a.merchant_id) ORDER BY a.created_at, a.id`,
  );
  return rows.map(toApplication);
};

/** The merchant's project: `fresh` unless there is one. */
export async function ensureProject(tx: Handle, merchantId: string, fresh: string): Promise<string> {
  await tx.run(sql`
    INSERT INTO projects (merchant_id, id) VALUES (${merchantId}, ${fresh}) ON CONFLICT (merchant_id) DO NOTHING`);
  const row = await tx.one<{ id: string }>(sql`SELECT id FROM projects WHERE merchant_id = ${merchantId}`);
  return row?.id ?? fresh;
}

export async function insertApplication(tx: Handle, application: Application, keyHash: string): Promise<void> {
  const { id, merchantId, name, pubKey, permissions, createdAt } = application;
  await tx.run(sql`
    INSERT INTO applications
      (id, merchant_id, name, key_hash, pub_key, tokenization, provisioning, detokenization, destinations, origins,
       created_at)
    VALUES
      (${id}, ${merchantId}, ${name}, ${keyHash}, ${pubKey}, ${Number(permissions.tokenization)},
       ${Number(permissions.provisioning)}, ${Number(permissions.detokenization)},
       ${JSON.stringify(application.destinations)}, ${JSON.stringify(application.origins)}, ${createdAt})`);
}

export async function updateApplicationRow(tx: Handle, application: Application): Promise<void> {
  const { id, name, permissions } = application;
  await tx.run(sql`
    UPDATE applications SET name = ${name}, tokenization = ${Number(permissions.tokenization)},
      provisioning = ${Number(permissions.provisioning)}, detokenization = ${Number(permissions.detokenization)},
      destinations = ${JSON.stringify(application.destinations)}, origins = ${JSON.stringify(application.origins)}
    WHERE id = ${id} AND revoked_at IS NULL`);
}

export const revokeApplication = async (tx: Handle, id: string, nowMs: number): Promise<boolean> =>
  (await tx.run(sql`UPDATE applications SET revoked_at = ${nowMs} WHERE id = ${id} AND revoked_at IS NULL`)) === 1;
