// What somebody has to look at: told in the log and counted for monitoring, under the sentence that names it.
import type { Context } from './context.ts';
import type { Alarm } from './metrics.ts';

export function raiseAlarm(
  { log, metrics }: Pick<Context, 'log' | 'metrics'>,
  about: Readonly<Record<string, unknown>>,
  what: Alarm,
): void {
  metrics.add('ozura_alarms_total', { alarm: what });
  log.error({ ...about, alarm: true }, what);
}
