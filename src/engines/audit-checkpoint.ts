/**
 * Signed statements of how far the audit log had come. One that left the host is what finds a log cut back or
 * written anew by somebody who holds every key; one that stayed proves nothing against them.
 */
import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Head } from './audit-line.ts';

const shape = z.strictObject({
  checkpoint: z.literal(1),
  timestamp: z.iso.datetime(),
  /** The newest durable entry. Its hash commits to every entry before it, in all chains of the log. */
  chain: z.string(),
  sequence: z.int().positive(),
  hash: z.string().length(64),
  /** Which public key: 16 hex digits of the SHA-256 of its DER form. */
  keyId: z.string(),
  /** Ed25519 (RFC 8032) over the JSON of the fields before it, in this order; base64. */
  signature: z.string(),
});

export type Checkpoint = z.infer<typeof shape>;

export interface CheckpointSigner {
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** `JSON.stringify` of it is the line that is kept outside. */
  sign(head: Head, timestamp: string): Checkpoint;
}

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410, section 7). */
const PKCS8_BEFORE_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Short name of a public key. */
export function publicKeyId(key: KeyObject): string {
  return hash('sha256', key.export({ format: 'der', type: 'spki' })).slice(0, 16);
}

/** @param seed 32 bytes, derived for this purpose alone */
export function checkpointSigner(seed: Buffer): CheckpointSigner {
  if (seed.length !== 32) throw new RangeError('a checkpoint key has 32 bytes');
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_BEFORE_SEED, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(key);
  const keyId = publicKeyId(publicKey);
  return {
    keyId,
    publicKey,
    sign: ({ chain, sequence, hash }, timestamp) => {
      const said = { checkpoint: 1 as const, timestamp, chain, sequence, hash, keyId };
      return { ...said, signature: sign(null, signedBytes(said), key).toString('base64') };
    },
  };
}

/** A checkpoint read from a line of a file or of standard output; undefined if the line is none. */
export function readCheckpoint(line: string): Checkpoint | undefined {
  const start = line.indexOf('{"checkpoint":');
  if (start < 0) return undefined;
  try {
    return checkpointOf(JSON.parse(line.slice(start)));
  } catch {
    return undefined;
  }
}

/** The metadata of an `audit.checkpoint` entry, or parsed JSON, as a checkpoint; its fields put in order. */
export function checkpointOf(value: unknown): Checkpoint | undefined {
  return shape.safeParse(value).data;
}

/** Whether the key signed exactly this. */
export function checkpointHolds({ signature, ...said }: Checkpoint, key: KeyObject): boolean {
  return verify(null, signedBytes(said), key, Buffer.from(signature, 'base64'));
}

function signedBytes(said: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify(said));
}
