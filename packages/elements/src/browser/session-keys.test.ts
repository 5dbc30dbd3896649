import { expect, it } from 'vitest';
import { OzError } from './oz-error.ts';
import { SessionKeys } from './session-keys.ts';

/** A server that hands out `key-1`, `key-2`, …, or fails when told to. */
function openKeys({ limit = 3 as number | null } = {}) {
  const server = { asked: 0, refreshed: 0, failing: false };
  const keys = new SessionKeys({
    fetchKey: async () => {
      server.asked += 1;
      if (server.failing) throw new OzError('network', 'lost');
      return `key-${server.asked}`;
    },
    limit,
    onRefresh: () => {
      server.refreshed += 1;
    },
  });
  return { keys, server };
}

it('fetches the next key ahead after the last use of one', async () => {
  const { keys, server } = openKeys();
  await keys.first();
  keys.countUse();
  keys.countUse();
  expect([await keys.current(), keys.usesLeft, server.asked]).toEqual(['key-1', 1, 1]);
  keys.countUse();
  expect(await keys.current()).toBe('key-2');
  expect([keys.usesLeft, server.asked, server.refreshed]).toEqual([3, 2, 1]);
});

it('fetches nothing ahead without a limit', async () => {
  const { keys, server } = openKeys({ limit: null });
  await keys.first();
  for (let use = 0; use < 10; use += 1) keys.countUse();
  expect([await keys.current(), server.asked, keys.usesLeft]).toEqual(['key-1', 1, null]);
});

it('runs one renewal for all who ask', async () => {
  const { keys, server } = openKeys();
  await keys.first();
  const renewed = await Promise.all([keys.renew('key-1'), keys.renew('key-1'), keys.renew('key-1')]);
  expect([renewed, server.asked]).toEqual([['key-2', 'key-2', 'key-2'], 2]);
});

it('does not renew a key that somebody renewed meanwhile', async () => {
  const { keys, server } = openKeys();
  await keys.first();
  await keys.renew('key-1');
  expect([await keys.renew('key-1'), server.asked]).toEqual(['key-2', 2]);
});

it('keeps the old key when fetching ahead fails, and says why when a renewal does', async () => {
  const { keys, server } = openKeys({ limit: 1 });
  await keys.first();
  server.failing = true;
  keys.countUse();
  expect(await keys.current()).toBe('key-1');
  await expect(keys.renew('key-1')).rejects.toMatchObject({ errorCode: 'network', retryable: true });
  server.failing = false;
  expect(await keys.renew('key-1')).toBe('key-4');
});

it('refuses an empty key', async () => {
  const keys = new SessionKeys({ fetchKey: async () => '', limit: 3, onRefresh: () => undefined });
  await expect(keys.first()).rejects.toMatchObject({ errorCode: 'config' });
});
