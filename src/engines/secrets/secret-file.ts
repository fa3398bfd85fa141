/** Secrets in files that are written anew while the process runs: read again when they change. Never prints one. */
import { readFileSync, statSync } from 'node:fs';

const LOOK_MS = 2_000;

/**
 * Looks at the files until it is stopped.
 * @param changed told all contents, trimmed, in the order of the files, once all can be read and none is empty
 */
export function followSecrets(
  files: readonly string[],
  changed: (contents: readonly string[]) => void,
  lookMs = LOOK_MS,
): { stop(): void } {
  let seen = stampOf(files);
  const timer = setInterval(() => {
    const now = stampOf(files);
    if (now === seen) return;
    const contents = contentsOf(files);
    // In the middle of being written: the next look sees it whole.
    if (contents?.some((content) => content === '') !== false) return;
    seen = now;
    changed(contents);
  }, lookMs).unref();
  return { stop: () => clearInterval(timer) };
}

function contentsOf(files: readonly string[]): readonly string[] | undefined {
  try {
    return files.map((file) => readFileSync(file, 'utf8').trim());
  } catch {
    return undefined;
  }
}

/** Changes when a file is written, replaced, or its link points elsewhere. */
function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const { ino, mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${ino} ${mtimeMs} ${size}`;
    })
    .join(' ');
}
