/** The end of a process that cannot start: one sentence that a person can act upon, and nothing left behind. */
import { ConfigError } from '../config.ts';

/** Whatever is open already ends with the process. */
export function cannotStart(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  const text = error instanceof ConfigError ? reason : `cannot start: ${reason}`;
  process.stderr.write(`sallyport: ${text}\n`);
  process.exit(1);
}
