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

/** A shipper of logs wraps a line, another wraps that: so deep is looked. */
const WRAPPINGS_MAX = 4;

/**
 * A checkpoint read from a line of a file; undefined if the line holds none. The line may be the checkpoint itself,
 * the gateway's line on standard output, or that line as a container's or a cluster's log keeps it.
 */
export function readCheckpoint(line: string): Checkpoint | undefined {
  return line.includes('checkpoint') ? within(line, WRAPPINGS_MAX) : undefined;
}

/** Looks at a value, the JSON in a text, and the fields of an object. */
function within(value: unknown, depth: number): Checkpoint | undefined {
  if (typeof value === 'string')
    return value.includes('"checkpoint') ? within(jsonIn(value), depth) : undefined;
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  const own = checkpointOf(value);
  if (own) return own;
  for (const field of Object.values(value)) {
    const found = within(field, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** What a text says from its first brace on: before it stand times and names. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf('{"')));
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
