// The `ozura` command: finds the command that is meant, and says in plain words why it cannot run.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { widenThreadPool } from '@ozura/kit/env';
import { help } from './help.ts';
import { fileTrouble } from './input-file.ts';
import { holdYoungGeneration } from './young-generation.ts';

/** Errors whose message is all that a person needs; anything else is a defect and shows where it happened. */
const PLAIN = new Set([
  'BadEnvironment',
  'CannotListen',
  'CannotStart',
  'RootKeyUnusable',
  'PepperUnusable',
  'MemoryExposed',
]);

// Compiled code is kept beside the packages, so that the next start does not strip types again.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/ozura', import.meta.url)));
holdYoungGeneration();
widenThreadPool();
// What the programs write is theirs alone: databases, logs, keys.
process.umask(0o077);
await main(process.argv.slice(2));

async function main([command = 'help', ...rest]: readonly string[]): Promise<void> {
  try {
    await run(command, rest);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

async function run(command: string, rest: readonly string[]): Promise<void> {
  switch (command) {
    case 'start':
      return (await import('./start.ts')).start(rest);
    case 'serve':
      return (await import('./serve.ts')).serve(rest);
    case 'migrate':
      return (await import('./migrate.ts')).migrateDatabases(rest);
    case 'tax':
      return (await import('./tax.ts')).keepTaxTable(rest);
    case 'merchant':
      return (await import('./merchant/commands.ts')).administerMerchants(rest);
    case 'payments':
      return (await import('./payments.ts')).decidePayments(rest);
    case 'doctor':
      return (await import('./doctor.ts')).examine(rest);
    case 'vault':
      return (await import('./vault/commands.ts')).administerVault(rest);
    case 'backup':
      return (await import('./backup/take.ts')).backUp(rest);
    case 'restore':
      return (await import('./backup/restore.ts')).restore(rest);
    case 'bundle':
      return (await import('./bundle.ts')).bundleAll(rest);
    case 'clock':
      return (await import('./clock.ts')).moveClock(rest);
    case 'program':
      return (await import('./program.ts')).programSandbox(rest);
    case 'listen':
      return (await import('./listen.ts')).listen(rest);
    case 'trigger':
      return (await import('./trigger/trigger.ts')).trigger(rest);
    case 'events':
      return (await import('./events.ts')).readEvents(rest);
    case 'audit':
      return (await import('./audit.ts')).checkAudit(rest);
    case 'help':
    case '--help':
    case '-h':
      return console.log(help);
    default:
      console.error(`ozura: there is no command "${command}"\n\n${help}`);
      process.exit(2);
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (PLAIN.has(error.name)) return `ozura: ${error.message}`;
  if (error.name === 'DatabaseUnusable') return `ozura: DATABASE_URL: ${error.message}`;
  const trouble = fileTrouble(error);
  return trouble === undefined ? (error.stack ?? error.message) : `ozura: ${trouble}`;
}
