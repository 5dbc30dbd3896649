// Which failures of a database say that it is away.
import { expect, it } from 'vitest';
import { isUnsynced, whyUnavailable } from './unavailable.ts';

it.each([
  [{ errcode: 13 }, 'the disk is full'],
  [{ errcode: 778 }, 'the disk fails'],
  [{ errcode: 1544 }, 'the file is read-only'],
  [{ code: '53100' }, 'the disk is full'],
  [{ code: '53300' }, 'the server is out of resources'],
  [{ code: '57P01' }, 'the server stops or starts'],
  [{ code: '25006' }, 'the server is read-only'],
  [{ code: '28P01' }, 'the server does not let us in'],
  [{ code: '3D000' }, 'the database is not there'],
  [{ code: 'CERT_HAS_EXPIRED' }, 'the certificate of the server is not right'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'the certificate of the server is not right'],
  [{ code: '57014' }, 'a statement took too long'],
  [{ code: 'ECONNREFUSED' }, 'the server cannot be reached'],
  [{ code: 'EAI_AGAIN' }, 'the server cannot be reached'],
  [new Error('Connection terminated unexpectedly'), 'the server cannot be reached'],
])('%j', (error, reason) => {
  expect(whyUnavailable(error)).toBe(reason);
});

// A constraint, a wrong statement, a defect of ours.
it.each([
  { errcode: 1555 },
  { errcode: 1 },
  { code: '23505' },
  { code: '42601' },
  { code: 'ENOENT' },
  new Error('gone'),
])('a statement that failed by itself is not: %j', (error) => {
  expect(whyUnavailable(error)).toBeUndefined();
});

it('a failed fsync is told from other failures of the disk', () => {
  expect([1034, 1290, 10, 778].map((errcode) => isUnsynced({ errcode }))).toEqual([true, true, false, false]);
});
