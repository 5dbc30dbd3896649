// Seals what a processor knows a merchant by, each value bound to merchant, processor, field and key version: one that
// is moved to another row does not open (contract 13.1).
import { CREDENTIAL_FIELDS, type ProcessorName } from '@ozura/core/processor-credentials';
import { Secret } from '@ozura/core/secret';
import { Intake, refuseFailures } from '@ozura/core/validation';
import { type Place, seal, unseal } from '@ozura/kit/envelope';
import type { PayContext } from './context.ts';
import type { SealedCredential } from './store/processor-credentials.ts';

/** Throws for a field that the processor needs and does not get, and for one that it does not know. */
export function sealCredentials(
  { keys, random }: Pick<PayContext, 'keys' | 'random'>,
  { merchantId, processor }: { readonly merchantId: string; readonly processor: ProcessorName },
  sent: Readonly<Record<string, Secret<string>>>,
): SealedCredential[] {
  const fields = CREDENTIAL_FIELDS[processor];
  const intake = new Intake();
  for (const { name, needed } of fields) {
    if (needed && sent[name] === undefined) intake.fail(`credentials.${name}`, 'is required');
  }
  for (const name of Object.keys(sent)) {
    if (!fields.some((field) => field.name === name))
      intake.fail(`credentials.${name}`, `is not known to ${processor}`);
  }
  refuseFailures(intake);
  return Object.entries(sent).map(([field, value]) => {
    const sealed = seal(
      keys.credentials,
      Buffer.from(value.open(), 'utf8'),
      placeOf(merchantId, processor, field),
      random,
    );
    return { processor, field, sealed };
  });
}

const placeOf = (merchantId: string, processor: string, field: string): Place => ({
  merchantId,
  row: processor,
  field,
});

/** Throws when it was sealed under another key, or for another place. */
export function openCredential(
  { keys }: Pick<PayContext, 'keys'>,
  merchantId: string,
  { processor, field, sealed }: SealedCredential,
): Secret<string> {
  const opened = unseal(keys.credentials, sealed, placeOf(merchantId, processor, field));
  const value = new Secret(opened.toString('utf8'));
  opened.fill(0);
  return value;
}
