/** Secrets that local mode makes for itself: once, kept in DATA_DIR, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from './base/secret.ts';
import { writeOnce } from './base/write-once.ts';

/**
 * What the file of this name holds; where there is none, 32 random bytes behind `prefix`. Two processes that make one
 * at the same time get the same.
 * @throws Error for an empty file
 */
export function keptSecret(dataDir: string, name: string, prefix = ''): { text: string; made: boolean } {
  const file = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const made = !existsSync(file) && writeOnce(file, `${prefix}${randomBytes(32).toString('base64url')}\n`);
  const text = readFileSync(file, 'utf8').trim();
  if (text === '') throw new Error(`${file} is empty`);
  return { text, made };
}

/**
 * The house secret.
 * @param given SALLYPORT_SECRET
 * @param mayMake local mode: production must give one
 * @throws Error in production without one
 */
export function houseSecret(given: string | undefined, dataDir: string, mayMake: boolean): Secret {
  if (given !== undefined) return new Secret(given);
  if (!mayMake) throw new Error('SALLYPORT_SECRET is required in production');
  return new Secret(keptSecret(dataDir, 'secret').text);
}

/** Secrets a command may use to read what a gateway wrote: the environment's, else the one kept in DATA_DIR. */
export function houseSecrets(source: NodeJS.ProcessEnv): Secret[] {
  const { SALLYPORT_SECRET: given, SALLYPORT_SECRET_FILE: givenFile, DATA_DIR: dataDir } = source;
  if (given) return [new Secret(given)];
  const file = givenFile || join(dataDir || 'data', 'secret');
  return existsSync(file) ? [new Secret(readFileSync(file, 'utf8').trim())] : [];
}
