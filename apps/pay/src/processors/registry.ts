// The processors of this installation, by name.

import type { PayConfig } from '../config.ts';
import type { Processor } from './port.ts';
import { openSandbox } from './sandbox/index.ts';

export type Processors = ReadonlyMap<string, Processor>;

/** The sandbox plays a processor and moves no money: a live installation does not know it. */
export const openProcessors = ({ mode, sandbox }: Pick<PayConfig, 'mode' | 'sandbox'>): Processors =>
  new Map((mode === 'test' ? [openSandbox(sandbox)] : []).map((processor) => [processor.name, processor]));
