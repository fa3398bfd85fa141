/**
 * `audit verify <dir> [--checkpoint <file>] [--public-key <file>]`: arguments in, text and exit code out.
 * Prints nothing and exits nothing itself.
 */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { deriveKey, type Secret } from '../../base/secret.ts';
import { checkpointSigner } from './audit-checkpoint.ts';
import { verifyAuditLog } from './audit-verify.ts';

const USAGE = 'usage: audit verify <dir> [--checkpoint <file>] [--public-key <file>]';

export interface CommandResult {
  /** 0 intact, 1 tampered with, 2 unusable. */
  readonly code: 0 | 1 | 2;
  /** Lines for people, with a line feed at the end. */
  readonly text: string;
}

/**
 * Runs the command. Never rejects: what cannot be read is code 2.
 * @param secrets the house secret, and earlier ones where it was rotated
 */
export async function runVerify(args: readonly string[], secrets: readonly Secret[]): Promise<CommandResult> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { checkpoint: { type: 'string' }, 'public-key': { type: 'string' } },
    });
    const [dir, ...more] = positionals;
    if (dir === undefined || more.length > 0) return { code: 2, text: `${USAGE}\n` };
    const pem = values['public-key'];
    const given = pem === undefined ? [] : [createPublicKey(await readFile(pem))];
    const report = await verifyAuditLog(dir, {
      chainKeys: secrets.map((secret) => deriveKey(secret, 'chain')),
      publicKeys: [
        ...given,
        ...secrets.map((secret) => checkpointSigner(deriveKey(secret, 'checkpoint')).publicKey),
      ],
      ...(values.checkpoint === undefined ? {} : { checkpoints: await readFile(values.checkpoint, 'utf8') }),
    });
    return { code: report.code, text: `${report.lines.join('\n')}\n` };
  } catch (error) {
    return { code: 2, text: `unusable: ${error instanceof Error ? error.message : String(error)}\n` };
  }
}
