// `ozura merchant`: who may take payments, with which keys and settings, through which processors.
import { runCommand } from '../command.ts';
import { keyCommands } from './keys.ts';
import { logCommands } from './log.ts';
import { processorCommands } from './processors.ts';
import { recordCommands } from './records.ts';

const usage = `Usage:
  ozura merchant create --name NAME [--id ID] [--origin URL]… [settings]    prints every key, this once
  ozura merchant list
  ozura merchant show ID
  ozura merchant update ID [--name NAME] [settings]
  ozura merchant key add ID [--kind merchant|vault] [--origin URL]…         a second key beside the first
  ozura merchant key list ID
  ozura merchant key revoke ID KEY
  ozura merchant processor set ID PROCESSOR [--from FILE]     credentials: JSON or name=value lines, else from stdin
  ozura merchant processor remove ID PROCESSOR
  ozura merchant processor order ID FIRST,SECOND,…
  ozura merchant log [--merchant ID]                          who changed what

Settings:
  --avs-policy, --cvv-policy  standard, must-match or off, and after it rows: standard,street=accept
  --moto-without-cvc          on or off
  --return-hosts              hosts that customers may be sent back to, with commas; "" for any

--by NAME stands in the log in place of the user of this machine. --json prints JSON.`;

export const administerMerchants = (args: readonly string[]): Promise<void> =>
  runCommand(args, {
    usage,
    commands: { ...recordCommands, ...keyCommands, ...processorCommands, ...logCommands },
  });
