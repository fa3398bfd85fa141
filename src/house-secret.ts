/** The house secret: from the environment, or made once and kept in DATA_DIR, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from './base/secret.ts';

/**
 * @param given SALLYPORT_SECRET
 * @param mayMake local mode: production must give one
 * @throws Error in production without one
 */
export function houseSecret(given: string | undefined, dataDir: string, mayMake: boolean): Secret {
  if (given !== undefined) return new Secret(given);
  if (!mayMake) throw new Error('SALLYPORT_SECRET is required in production');
  const file = join(dataDir, 'secret');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return new Secret(readFileSync(file, 'utf8').trim());
}

/** Secrets a command may use to read what a gateway wrote: the environment's, else the one kept in DATA_DIR. */
export function houseSecrets(source: NodeJS.ProcessEnv): Secret[] {
  const { SALLYPORT_SECRET: given, SALLYPORT_SECRET_FILE: givenFile, DATA_DIR: dataDir } = source;
  if (given) return [new Secret(given)];
  const file = givenFile || join(dataDir || 'data', 'secret');
  return existsSync(file) ? [new Secret(readFileSync(file, 'utf8').trim())] : [];
}
