// The processors of this installation, by name.

import type { Mode } from '@ozura/core/ids';
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import { openElavon } from './elavon/index.ts';
import { openNuvei } from './nuvei/index.ts';
import type { Processor } from './port.ts';
import { openSandbox, type SandboxAddress } from './sandbox/index.ts';
import { openWorldpay } from './worldpay/index.ts';

export type Processors = ReadonlyMap<string, Processor>;

interface Installation {
  readonly mode: Mode;
  readonly sandbox: SandboxAddress;
  readonly processorHosts: ProcessorHosts;
}

/** The sandbox plays a processor and moves no money: a live installation does not know it. */
export function openProcessors({ mode, sandbox, processorHosts }: Installation): Processors {
  const processors = [
    ...(mode === 'test' ? [openSandbox(sandbox)] : []),
    openElavon(processorHosts.elavon),
    openNuvei(processorHosts.nuvei),
    openWorldpay(processorHosts.worldpay),
  ];
  return new Map(processors.map((processor) => [processor.name, processor]));
}
