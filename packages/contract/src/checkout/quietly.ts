// Looking at a field before its turn, because another one depends on it. Its failures are noted when its turn comes.
import { Intake, type Reader } from '@ozura/core/validation';

export function quietly<T>(read: Reader<T>, value: unknown): T | undefined {
  const aside = new Intake();
  const found = value == null ? undefined : read(value, '', aside);
  return aside.failures.length === 0 ? found : undefined;
}
