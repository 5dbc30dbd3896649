// What the Vault signs its calls to the key service with, in the format of `~/.aws/credentials`.
import { readFileSync } from 'node:fs';
import { RootKeyUnusable } from '@ozura/kit/root-key';

export function readKmsCredentials(path: string) {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new RootKeyUnusable(`the credentials for the key service cannot be read: ${path}`);
  }
  const value = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1];
  const accessKeyId = value('aws_access_key_id');
  const secretAccessKey = value('aws_secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new RootKeyUnusable(`${path} holds no credentials for the key service`);
  }
  const sessionToken = value('aws_session_token');
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
