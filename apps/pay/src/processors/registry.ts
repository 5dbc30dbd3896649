// The processors of this installation, by name.

import type { Processor } from './port.ts';
import { openSandbox, type SandboxAddress } from './sandbox/index.ts';

export type Processors = ReadonlyMap<string, Processor>;

export const openProcessors = ({ sandbox }: { readonly sandbox: SandboxAddress }): Processors =>
  new Map([openSandbox(sandbox)].map((processor) => [processor.name, processor]));
