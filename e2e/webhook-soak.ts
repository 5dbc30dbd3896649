// A soak of the feed and its webhooks: events of many objects, receivers that fail at random or never answer, senders that
// are killed all the time. The clock of the installation is moved forward, so that later tries come soon.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckoutContext } from '@ozura/checkout/context';
import { listFeed } from '@ozura/checkout/store/event-feed';
import { insertEvent } from '@ozura/checkout/store/events';
import { insertEndpoint } from '@ozura/checkout/store/webhook-endpoints';
import { openWebhookSecrets } from '@ozura/checkout/webhooks/secrets';
import { newEventId, newWebhookEndpointId } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { writeClock } from '@ozura/kit/db/test-clock';
import { openLog } from '@ozura/kit/log';
import { Webhook } from 'standardwebhooks';
import { type KillInstance, type Launched, launch } from './kill-programs.ts';
import { freePort } from './ports.ts';
import { openReceiver, type Received, type Receiver, type Reply } from './receiver.ts';

export interface SoakOptions {
  readonly databaseUrl: string;
  readonly events: number;
  /** Processes on the one database. */
  readonly senders: number;
  /** A sender is killed after so long, about, and at most so often. */
  readonly killEveryMs: number;
  readonly killsMax: number;
  /** In [0, 1]: of the answers of a receiver. */
  readonly failures: number;
  readonly progress?: (line: string) => void;
}

export interface SoakResult {
  readonly kills: number;
  /** Tries, those that failed included. */
  readonly received: number;
  readonly durationMs: number;
  /** What is not as it must be. */
  readonly problems: readonly string[];
}

const MERCHANTS = ['ozu_one', 'ozu_two', 'ozu_three'];
/** One whose receiver never answers: nobody else is to wait for it. */
const deaf = 'ozu_deaf';
const ofOneObject = 5;
const lookEveryMs = 100;
const { random } = openContext(openLog({ program: 'soak', level: 'silent' }));
const pepper = new Secret<Uint8Array>(randomBytes(32));
const secrets = openWebhookSecrets({ config: { pepper }, random } as unknown as CheckoutContext);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-soak-'));
  const receiver = await openReceiver();
  const senders = await openSenders(options, folder);
  const db = await openDatabase({ url: options.databaseUrl, testClock: true });
  const begunMs = performance.now();
  try {
    const secretOf = await createEndpoints(db, receiver);
    const problems: string[] = [];
    const hanging = failAtRandom(receiver, options.failures, (received) => {
      if (!isSigned(received, secretOf)) problems.push(`${received.event.id} is not signed`);
    });
    let isWriting = true;
    const [written, kills] = await Promise.all([
      write(db, options.events).finally(() => {
        isWriting = false;
      }),
      untilDelivered(db, senders, { ...options, isWriting: () => isWriting }),
    ]);
    problems.push(...judge(receiver.received, written), ...(await judgeFeeds(db, written)));
    for (const response of hanging) response.destroy();
    return { kills, received: receiver.received.length, durationMs: performance.now() - begunMs, problems };
  } finally {
    await senders.stop();
    await db.close();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Senders {
  /** Kills the next one in turn, and starts it again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function openSenders({ databaseUrl, senders: count }: SoakOptions, folder: string): Promise<Senders> {
  const nowhere = 'http://127.0.0.1:9';
  const start = async (): Promise<Launched> => {
    const instance: KillInstance = {
      port: await freePort(),
      urls: { checkoutUrl: 'http://127.0.0.1', vaultUrl: nowhere, payUrl: nowhere, elementsUrl: nowhere },
      databaseUrl,
      pepper: Buffer.from(pepper.open()).toString('hex'),
      serviceKeys: { checkout: 'svc_soak', pay: 'svc_soak' },
      sandbox: { url: nowhere, unreachableUrl: nowhere },
      rootKeyFile: join(folder, 'root.key'),
    };
    return launch({ program: 'checkout', instance });
  };
  const end = async ({ child, ended }: Launched): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const running: Launched[] = [];
  for (let i = 0; i < count; i += 1) running.push(await start());
  return {
    async kill() {
      const victim = running.shift();
      if (victim !== undefined) await end(victim);
      running.push(await start());
    },
    stop: async () => void (await Promise.all(running.map(end))),
  };
}

async function createEndpoints(db: Database, { url }: Receiver): Promise<ReadonlyMap<string, string>> {
  const secretOf = new Map<string, string>();
  for (const merchantId of [...MERCHANTS, deaf]) {
    const id = newWebhookEndpointId(random);
    const { secret, sealed } = secrets.make({ id, merchantId });
    const endpoint = { id, merchantId, description: undefined, eventTypes: ['*'], createdAtMs: 0 };
    await insertEndpoint(db, { ...endpoint, url: `${url}/${merchantId}`, sealedSecret: sealed });
    secretOf.set(merchantId, secret.open());
  }
  return secretOf;
}

/** Answers those that get none, to be ended at the end. */
function failAtRandom(receiver: Receiver, failures: number, look: (received: Received) => void): Set<ServerResponse> {
  const hanging = new Set<ServerResponse>();
  const ways: readonly Reply[] = [
    500,
    429,
    302,
    (response) => response.destroy(),
    (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
  ];
  receiver.reply = (received) => {
    look(received);
    if (received.path === `/${deaf}`) return (response) => void hanging.add(response);
    if (Math.random() >= failures) return 200;
    return ways[Math.floor(Math.random() * ways.length)] ?? 500;
  };
  return hanging;
}

function isSigned({ body, headers, event }: Received, secretOf: ReadonlyMap<string, string>): boolean {
  try {
    new Webhook(secretOf.get(event.merchantId) ?? '').verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

interface Written {
  readonly id: string;
  readonly merchantId: string;
  readonly object: string;
  readonly step: number;
}

/** Many at once, while the senders number and send; of one object one after the other. */
async function write(db: Database, count: number): Promise<readonly Written[]> {
  const written: Written[] = [];
  const atMs = await db.now();
  const writeOne = async (merchantId: string, object: string, step: number): Promise<void> => {
    const event = { id: newEventId(random), merchantId, object, step };
    const told = { ...event, type: 'session.completed', subject: `${object}/${step}`, body: { object, step }, atMs };
    await retried(() => insertEvent(db, told));
    written.push(event);
  };
  const writeObjects = async (lane: number): Promise<void> => {
    for (let i = lane; i * ofOneObject < count; i += lanes) {
      const merchantId = MERCHANTS[i % MERCHANTS.length] ?? '';
      for (let step = 0; step < ofOneObject; step += 1) await writeOne(merchantId, `object-${i}`, step);
    }
  };
  for (let step = 0; step < ofOneObject; step += 1) await writeOne(deaf, 'deaf', step);
  await Promise.all(Array.from({ length: lanes }, (_none, lane) => writeObjects(lane)));
  return written;
}
const lanes = 8;

/** A file that another process writes to may be busy for a moment. */
async function retried(work: () => Promise<unknown>): Promise<void> {
  for (let triesLeft = 50; ; triesLeft -= 1) {
    try {
      return void (await work());
    } catch (error) {
      if (triesLeft === 0 || !/busy|locked/.test(String(error))) throw error;
      await pause(20);
    }
  }
}

async function untilDelivered(
  db: Database,
  senders: Senders,
  { killEveryMs, killsMax, progress, isWriting }: SoakOptions & { readonly isWriting: () => boolean },
): Promise<number> {
  let kills = 0;
  let offsetMs = 0;
  let killAtMs = performance.now() + killEveryMs;
  for (;;) {
    const wasWriting = isWriting();
    const left = await countLeft(db);
    if (left === 0 && !wasWriting) return kills;
    offsetMs += await waitingMs(db);
    await retried(() => writeClock(db, { offsetMs }));
    await pause(lookEveryMs);
    if (performance.now() < killAtMs || kills === killsMax) continue;
    await senders.kill();
    kills += 1;
    killAtMs = performance.now() + killEveryMs * (0.5 + Math.random());
    progress?.(`${left} left, ${kills} kills`);
  }
}

/** Until everything that waits may be tried again, where nothing is due before. */
async function waitingMs(db: Database): Promise<number> {
  const row = await db.one<{ first: number | null; last: number | null }>(sql`
    SELECT min(next_try_at) AS first, max(next_try_at) AS last FROM webhook_deliveries
    JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id WHERE state = 'pending' AND webhook_endpoints.merchant_id <> ${deaf}`);
  const nowMs = await db.now();
  return (row?.first ?? 0) > nowMs ? (row?.last ?? 0) - nowMs : 0;
}

async function countLeft(db: Database): Promise<number> {
  const row = await db.one<{ n: number }>(sql`
    SELECT (SELECT count(*) FROM events WHERE sequence IS NULL) + (
      SELECT count(*) FROM webhook_deliveries JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id
      WHERE state = 'pending' AND webhook_endpoints.merchant_id <> ${deaf}) AS n`);
  return row?.n ?? 0;
}

/** Each at least once, and of one object none before those that came before it. */
function judge(received: readonly Received[], written: readonly Written[]): string[] {
  const first = new Map<string, number>();
  for (const [index, { event }] of received.entries()) if (!first.has(event.id)) first.set(event.id, index);
  const problems: string[] = [];
  const lastOf = new Map<string, { readonly step: number; readonly at: number }>();
  for (const { id, merchantId, object, step } of [...written].sort((one, other) => one.step - other.step)) {
    if (merchantId === deaf) continue;
    const at = first.get(id);
    const last = lastOf.get(object);
    if (at === undefined) problems.push(`${id} never arrived`);
    else if (last !== undefined && at < last.at) problems.push(`${object}: ${step} arrived before ${last.step}`);
    if (at !== undefined) lastOf.set(object, { step, at });
  }
  return problems;
}

async function judgeFeeds(db: Database, written: readonly Written[]): Promise<string[]> {
  const problems: string[] = [];
  for (const merchantId of [...MERCHANTS, deaf]) {
    const feed = await listFeed(db, { merchantId, afterSequence: 0, types: undefined, limit: written.length + 1 });
    const gap = feed.findIndex(({ sequence }, index) => sequence !== index + 1);
    if (gap >= 0) problems.push(`the feed of ${merchantId} has a gap at ${gap + 1}`);
    const ids = new Set(feed.map(({ id }) => id));
    const own = written.filter((event) => event.merchantId === merchantId);
    if (ids.size !== feed.length || feed.length !== own.length || own.some(({ id }) => !ids.has(id))) {
      problems.push(`the feed of ${merchantId} holds ${feed.length} events, ${own.length} were written`);
    }
  }
  return problems;
}
