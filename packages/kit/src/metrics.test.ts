// The text that monitoring reads: counters from nought on, durations in buckets, gauges when asked.
import { expect, test } from 'vitest';
import { openMetrics } from './metrics.ts';

test('counters, durations and gauges are told in the text format', async () => {
  const metrics = openMetrics();
  expect([metrics.add('ozura_attempts_total', { processor: 'sandbox', outcome: 'approved' })]).toEqual([1]);
  metrics.add('ozura_attempts_total', { processor: 'sandbox', outcome: 'approved' });
  metrics.timeRequest({ method: 'GET', route: '/pay/:id', status: 200 }, 7);
  metrics.timeRequest({ method: 'GET', route: '/pay/:id', status: 200 }, 40_000);
  metrics.watch({ name: 'ozura_open', help: 'Open.', read: async () => [{ labels: { a: 'x"\n\\' }, value: 3 }] });
  metrics.watch({ name: 'ozura_none', help: 'None.', read: async () => [] });
  metrics.watch({ name: 'ozura_gone', help: 'Gone.', read: () => Promise.reject(new Error('no database')) });
  const text = await metrics.text();
  expect(text).toContain('# TYPE ozura_rate_limit_hits_total counter\nozura_rate_limit_hits_total 0\n');
  expect(text).toContain('ozura_attempts_total{processor="sandbox",outcome="approved"} 2\n');
  expect(text).toContain('ozura_open{a="x\\"\\n\\\\"} 3\n');
  expect(text).toContain('# TYPE ozura_none gauge\nozura_none 0\n');
  expect(text).not.toContain('ozura_gone');
  const of = 'method="GET",route="/pay/:id",status="200"';
  expect(text).toContain(`ozura_request_duration_seconds_bucket{${of},le="0.005"} 0\n`);
  expect(text).toContain(`ozura_request_duration_seconds_bucket{${of},le="0.01"} 1\n`);
  expect(text).toContain(`ozura_request_duration_seconds_bucket{${of},le="+Inf"} 2\n`);
  expect(text).toContain(`ozura_request_duration_seconds_sum{${of}} 40.007\n`);
  expect(text).toContain(`ozura_request_duration_seconds_count{${of}} 2\n`);
});

test('what may be counted is told of as nought before, and what was counted stays', async () => {
  const metrics = openMetrics();
  const series = { processor: 'sandbox', outcome: 'unknown' };
  metrics.begin('ozura_attempts_total', series);
  expect(await metrics.text()).toContain('ozura_attempts_total{processor="sandbox",outcome="unknown"} 0\n');
  metrics.add('ozura_attempts_total', series);
  metrics.begin('ozura_attempts_total', series);
  expect(await metrics.text()).toContain('ozura_attempts_total{processor="sandbox",outcome="unknown"} 1\n');
});

test('gauges that stand together are read by one question, and are gone together', async () => {
  const metrics = openMetrics();
  let asked = 0;
  const gauge = (name: 'ozura_a' | 'ozura_b') => ({
    name,
    help: 'One of two.',
    of: (found: number) => (found === 0 ? [] : [{ value: found }]),
  });
  const read = async (): Promise<number> => {
    asked += 1;
    if (asked === 3) throw new Error('no database');
    return asked - 1;
  };
  metrics.watchTogether(read, [gauge('ozura_a'), gauge('ozura_b')]);
  expect(await metrics.text()).toMatch(/\nozura_a 0\n.*\nozura_b 0\n/s);
  expect(await metrics.text()).toMatch(/\nozura_a 1\n.*\nozura_b 1\n/s);
  expect(await metrics.text()).not.toMatch(/ozura_[ab] /);
  expect(asked).toBe(3);
});

test('an alarm is counted from nought, so that whoever watches sees the first one', async () => {
  const metrics = openMetrics();
  const counted = async () =>
    (await metrics.text()).match(/^ozura_alarms_total\{alarm="the books differ"\} \d+$/m)?.[0];
  expect(await counted()).toBe('ozura_alarms_total{alarm="the books differ"} 0');
  metrics.add('ozura_alarms_total', { alarm: 'the books differ' });
  expect(await counted()).toBe('ozura_alarms_total{alarm="the books differ"} 1');
});
