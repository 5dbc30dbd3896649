// The sandbox processor is part of an installation in test mode, so its clock moves with ours (contract 14.3). One that
// only uses the test environments of other processors runs without it.
import { NoAnswer } from '@ozura/contract/client';
import type { ClockSetting } from '@ozura/kit/db/test-clock';
import type { PayContext } from './context.ts';

const timeoutMs = 5_000;

export async function setSandboxClock({ config, send, log }: PayContext, setting: ClockSetting): Promise<void> {
  try {
    const { status } = await send({
      method: 'PUT',
      url: `${config.sandbox.url}/clock`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(setting),
      timeoutMs,
    });
    if (status !== 200) throw new Error(`the sandbox answers ${status} to its clock`);
  } catch (error) {
    if (!(error instanceof NoAnswer) || error.sent !== 'no') throw error;
    log.warn('there is no sandbox whose clock could be moved');
  }
}
