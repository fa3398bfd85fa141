/** Keys derived from the house secret, and a wrapper that keeps a secret out of logs and JSON. */
import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A string that prints as `[hidden]` wherever it is logged, inspected or serialised by accident. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The string itself; call only where it is used. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[hidden]';
  }
  toJSON(): string {
    return '[hidden]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[hidden]';
  }
}

/** The house's secret, and while it is being rotated the one before it, which still opens what it closed. */
export interface HouseSecret {
  readonly present: Secret;
  readonly previous?: Secret | undefined;
}

/** What a derived key is for; separate purposes never share a key (RFC 5869, section 3.2: `info`). */
export type KeyPurpose = 'pepper' | 'chain' | 'checkpoint' | 'digest' | 'seal' | 'fingerprint';

/** 32 bytes by HKDF-SHA-256 from the house secret. */
export function deriveKey(houseSecret: Secret, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', houseSecret.reveal(), 'sallyport', purpose, 32));
}

/** Keyed digest, hex, 64 characters. */
export function keyedDigest(key: Buffer, text: string | Buffer): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Names a key without telling it: 16 hex digits. */
export function keyIdOf(key: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from('sallyport key id\0'), key])).slice(0, 16);
}

/** Compares without telling how much agreed; false on different lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
