// `ozura vault`: the keys of the Vault, and its tokens on their way to and from other installations (contract 13).
import { type Command, runCommand } from '../command.ts';
import { rotate, showKeys } from './keys.ts';
import { exportTo, importFrom, showImportKey } from './transfers.ts';
import { init, unseal } from './unseal.ts';

const usage = `Usage:
  ozura vault init                                        makes the root key as three shares, shown this once
  ozura vault unseal                                      asks for a share of the root key; two open a sealed Vault
  ozura vault rotate [--dry-run]                          replaces the keys, and shows how far it is until it is done
  ozura vault status                                      the state of the keys
  ozura vault export --to KEY --out FILE [--merchant ID]  all tokens, encrypted to the public key (JWK) in a file
  ozura vault import-key                                  the public key that an export for this Vault is encrypted to
  ozura vault import FILE                                 takes an export in; a second time changes nothing

init and unseal talk to UNSEAL_SOCKET on the Vault's machine; a share is typed or comes from stdin, one a line.
A rotation that was interrupted goes on by itself; "rotate" then shows it. --json prints JSON.`;

const commands: Readonly<Record<string, Command>> = {
  rotate: { positions: [], options: [], flags: ['dry-run'], run: rotate },
  status: { positions: [], options: [], run: showKeys },
  export: { positions: [], options: ['to', 'out', 'merchant'], run: exportTo },
  'import-key': { positions: [], options: [], run: showImportKey },
  import: { positions: ['FILE'], options: [], run: importFrom },
};

/** A sealed Vault answers at its socket only. */
const SEALED: Readonly<Record<string, () => Promise<void>>> = { init, unseal };

export async function administerVault(args: readonly string[]): Promise<void> {
  const atSocket = args.length === 1 ? SEALED[args[0] ?? ''] : undefined;
  return atSocket === undefined ? runCommand(args, { usage, commands }) : atSocket();
}
