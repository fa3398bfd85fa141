/** Secrets that local mode makes for itself: once, kept in DATA_DIR, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HouseSecret, Secret } from './base/secret.ts';
import { writeOnce } from './base/write-once.ts';
import type { Environment } from './environment.ts';

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

/** What counts of the environment. */
type Given = Pick<Environment, 'SALLYPORT_SECRET' | 'SALLYPORT_SECRET_PREVIOUS' | 'DATA_DIR'>;

/**
 * The house secret.
 * @param mayMake local mode: production must give one
 * @throws Error in production without one
 */
export function houseSecret(given: Given, mayMake: boolean): HouseSecret {
  const { SALLYPORT_SECRET: present, SALLYPORT_SECRET_PREVIOUS: before, DATA_DIR } = given;
  const previous = before === undefined ? undefined : new Secret(before);
  if (present !== undefined) return { present: new Secret(present), previous };
  if (!mayMake) throw new Error('SALLYPORT_SECRET is required in production');
  return { present: new Secret(keptSecret(DATA_DIR, 'secret').text), previous };
}

/**
 * Secrets a command may use to read what a gateway wrote, the present one first: the environment's, else the one kept
 * in DATA_DIR; and the one before it.
 */
export function houseSecrets(source: NodeJS.ProcessEnv): Secret[] {
  const kept = join(source['DATA_DIR'] || 'data', 'secret');
  const present =
    secretOf(source, 'SALLYPORT_SECRET') ?? (existsSync(kept) ? readFileSync(kept, 'utf8') : '');
  const previous = secretOf(source, 'SALLYPORT_SECRET_PREVIOUS') ?? '';
  return [present, previous].flatMap((text) => (text.trim() === '' ? [] : [new Secret(text.trim())]));
}

function secretOf(source: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = source[`${name}_FILE`];
  return source[name] || (file && existsSync(file) ? readFileSync(file, 'utf8') : undefined);
}
