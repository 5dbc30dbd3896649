// The processors of this installation, by name.

import type { Mode } from '@ozura/core/ids';
import type { Processor } from './port.ts';
import { openSandbox, type SandboxAddress } from './sandbox/index.ts';

export type Processors = ReadonlyMap<string, Processor>;

/** The sandbox plays a processor and moves no money: a live installation does not know it. */
export const openProcessors = ({
  mode,
  sandbox,
}: {
  readonly mode: Mode;
  readonly sandbox: SandboxAddress;
}): Processors =>
  new Map((mode === 'test' ? [openSandbox(sandbox)] : []).map((processor) => [processor.name, processor]));
