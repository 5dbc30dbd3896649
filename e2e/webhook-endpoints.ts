// What a merchant's server asks about events and webhook endpoints.
import { keysOf } from './merchant.ts';
import type { ReceivedEvent } from './receiver.ts';
import type { DevFile } from './system.ts';

export interface Answered<Data> {
  readonly status: number;
  readonly body: {
    readonly success: boolean;
    readonly data: Data;
    readonly hasMore?: boolean;
    readonly nextAfter?: string;
    readonly error?: string;
    readonly errorCode?: string;
  };
}

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly status: string;
  readonly disabledReason?: string;
  readonly secret: string;
}

export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly status: string;
  readonly tries: number;
  readonly nextTryAt?: string;
  readonly attempts: readonly { readonly statusCode?: number; readonly error?: string; readonly durationMs: number }[];
}

export async function ask<Data>(
  dev: DevFile,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<Answered<Data>> {
  const answer = await fetch(`${dev.checkoutUrl}/api/${path}`, {
    method,
    headers: keysOf(dev),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Answered<Data>['body'] };
}

export const post = <Data>(dev: DevFile, path: string, body: object = {}): Promise<Answered<Data>> =>
  ask(dev, path, { method: 'POST', body });

export async function createEndpoint(dev: DevFile, fields: object): Promise<Endpoint> {
  const { status, body } = await post<Endpoint>(dev, 'webhook-endpoints', fields);
  if (status !== 200) throw new Error(`create answered ${status}: ${body.error}`);
  return body.data;
}

export const deliveriesOf = async (dev: DevFile, { id }: Pick<Endpoint, 'id'>): Promise<readonly Delivery[]> =>
  (await ask<Delivery[]>(dev, `webhook-endpoints/${id}/deliveries`)).body.data;

export const endpointOf = async (dev: DevFile, { id }: Pick<Endpoint, 'id'>): Promise<Endpoint> =>
  (await ask<Endpoint>(dev, `webhook-endpoints/${id}`)).body.data;

/** All events from one on. */
export async function readFeed(dev: DevFile, after = '0', types?: string): Promise<readonly ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for (let from = after; ; ) {
    const query = new URLSearchParams({ after: from, limit: '100', ...(types === undefined ? {} : { types }) });
    const { body } = await ask<ReceivedEvent[]>(dev, `events?${query}`);
    events.push(...body.data);
    if (body.hasMore !== true || body.nextAfter === undefined) return events;
    from = body.nextAfter;
  }
}

export const feedEnd = async (dev: DevFile): Promise<string> => String((await readFeed(dev)).at(-1)?.sequence ?? 0);

export async function advance(dev: DevFile, seconds: number): Promise<void> {
  const { status, body } = await post(dev, 'test/clock/advance', { seconds });
  if (status !== 200) throw new Error(`the clock answered ${status}: ${body.error}`);
}
