// How long a pair of keys is remembered as good (contract 0.2): a small server answers in the place of Vault and Pay.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openClient } from '@ozura/contract/client';
import { Secret } from '@ozura/core/secret';
import { openContext } from '@ozura/kit/context';
import { openOutbound } from '@ozura/kit/fetch';
import { openFailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { openRateLimits } from '@ozura/kit/http/rate-limit';
import { openLog } from '@ozura/kit/log';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeyAuthentication } from './authentication.ts';
import type { CheckoutContext } from './context.ts';

const outbound = openOutbound();
let owners: Server;
let isRevoked = false;
let asked = 0;

beforeAll(async () => {
  const data = { merchantId: 'ozu_bluekettle', merchant_id: 'ozu_bluekettle', name: 'Blue', allowedReturnHosts: [] };
  owners = createServer((_request, reply) => {
    asked += 1;
    const body = isRevoked ? { success: false, errorCode: 'INVALID_CREDENTIALS' } : { success: true, data };
    reply.writeHead(isRevoked ? 401 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(owners, 'listening');
});

afterAll(async () => {
  await outbound.close();
  owners.close();
});

test('a pair of keys is remembered for 45 seconds, and not for longer when the clock is set back', async () => {
  let nowMs = 7_200_000;
  const client = openClient(`http://127.0.0.1:${(owners.address() as AddressInfo).port}`, outbound.send);
  const context = {
    ...openContext(openLog({ program: 'test', level: 'silent' })),
    config: { pepper: new Secret(new Uint8Array(32)) },
    now: () => nowMs,
    vault: client,
    pay: client,
  } as unknown as CheckoutContext;
  const { byKeys } = openKeyAuthentication(context, openFailedAuthentications(openRateLimits()));
  const request = { headers: { 'x-api-key': 'vault key', 'x-ozura-api-key': 'key' }, ip: '127.0.0.1' };
  const authenticate = () => byKeys(request as unknown as FastifyRequest);

  await authenticate();
  nowMs += 44_999;
  await authenticate();
  expect(asked).toBe(2);
  nowMs += 1;
  await authenticate();
  expect(asked).toBe(4);
  isRevoked = true;
  nowMs -= 3_600_000;
  await expect(authenticate()).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
});
