/**
 * What is kept for a caller is closed with a key of the house: readable by nobody who holds the store alone, and
 * bound to what it belongs to, so that it opens in no other place. Never tells why something does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deriveKey, type HouseSecret, keyIdOf, type Secret } from './secret.ts';

/** Closes and opens with the keys of one house. */
export interface Seal {
  /**
   * An envelope, 53 bytes longer than what is in it.
   * @param belongsTo what it is, whose, which (`['placeholders', user, id]`): authenticated, not kept in the envelope
   */
  seal(plaintext: string | Uint8Array, belongsTo: readonly string[]): Buffer;
  /**
   * What is in an envelope; undefined where it was made for something else, under a secret that is neither the present
   * one nor the one before, was changed, or is no envelope.
   */
  open(envelope: Uint8Array, belongsTo: readonly string[]): Buffer | undefined;
}

/** Version, id of the key, salt, nonce; then the ciphertext, then the tag. */
const VERSION = 1;
const KEY_ID_BYTES = 8;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const HEAD_BYTES = 1 + KEY_ID_BYTES + SALT_BYTES + NONCE_BYTES;
const TAG_BYTES = 16;

interface SealKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/** AES-256-GCM (NIST SP 800-38D). Closes with the present secret alone; opens with the one before as well. */
export function createSeal({ present, previous }: HouseSecret): Seal {
  const own = sealKey(present);
  const known = previous ? [own, sealKey(previous)] : [own];
  return {
    seal(plaintext, belongsTo) {
      const head = Buffer.concat([Buffer.of(VERSION), own.id, randomBytes(SALT_BYTES + NONCE_BYTES)]);
      const cipher = createCipheriv('aes-256-gcm', keyOf(own, head), nonceOf(head));
      cipher.setAAD(associated(head, belongsTo));
      return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    open(envelope, belongsTo) {
      const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
      if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined;
      const head = bytes.subarray(0, HEAD_BYTES);
      const opener = known.find(({ id }) => id.equals(head.subarray(1, 1 + KEY_ID_BYTES)));
      return opener && opened(bytes, head, keyOf(opener, head), belongsTo);
    },
  };
}

function opened(bytes: Buffer, head: Buffer, key: Buffer, belongsTo: readonly string[]): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(head), { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(head, belongsTo));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plaintext = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined;
  }
}

function sealKey(secret: Secret): SealKey {
  const key = deriveKey(secret, 'seal');
  return { key, id: Buffer.from(keyIdOf(key), 'hex') };
}

/** Of each envelope its own: nonces that are drawn by lot are good for 2^32 envelopes under one key. */
function keyOf({ key }: SealKey, head: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(head.subarray(1 + KEY_ID_BYTES, -NONCE_BYTES))
    .digest();
}

const nonceOf = (head: Buffer): Buffer => head.subarray(-NONCE_BYTES);

/** As JSON, so that no two lists read alike. */
function associated(head: Buffer, belongsTo: readonly string[]): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify(belongsTo))]);
}
