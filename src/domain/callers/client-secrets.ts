/**
 * Short-lived secrets with which somebody else opens a live session in a caller's name. Nothing is kept: the secret is a
 * sealed envelope with all that holds for it, so every process of the house opens it; its holder reads nothing of it.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Seal } from '../../base/seal.ts';
import type { Caller } from './caller.ts';
import { checksum } from './keys.ts';

/** OpenAI's own begin with `ek_`, which programs look for. */
export const CLIENT_SECRET_PREFIX = 'ek_sp_';
/** A handshake's head has 16 KiB for it and all else. */
export const CLIENT_SECRET_CHARS_MAX = 12_288;
const SESSION_BYTES_MAX = 1024 * 1024;
const FORMAT = new RegExp(`^(${CLIENT_SECRET_PREFIX}([A-Za-z0-9_-]{64,}))([A-Za-z0-9]{6})$`);
const BELONGS_TO = ['client secret'];

const grantedSchema = z.object({
  /** Of the call that made it. */
  id: z.string(),
  /** Whose name it is. Milliseconds since 1970. */
  user: z.string(),
  team: z.string().optional(),
  tier: z.string(),
  role: z.enum(['user', 'developer', 'admin']),
  credential: z.string(),
  /** Digest of whom it was made for. */
  endUser: z.string().optional(),
  /** The key that made it; none for a token. */
  keyId: z.string().optional(),
  /** When that token ends. */
  tokenUntil: z.number().optional(),
  at: z.number(),
  until: z.number(),
  /** Settings that the session starts with, and that it may not widen. */
  session: z.record(z.string(), z.unknown()),
});

/** What a secret stands for. Plain data. */
export type Granted = Readonly<z.infer<typeof grantedSchema>>;

/** Makes them and opens them. */
export interface ClientSecrets {
  /**
   * @param session settings, checked and screened
   * @param id of the call that makes it
   * @returns the only copy, and the milliseconds since 1970 at which it ends: with the token that makes it, if not before
   * @throws request.too_large for settings that no handshake could carry
   */
  grant(
    caller: Caller,
    session: Granted['session'],
    seconds: number,
    id: string,
  ): { readonly value: string; readonly until: number };
  /** Undefined for what is none of ours, was changed, or has ended. */
  open(text: string): Granted | undefined;
}

export function createClientSecrets({ seal, clock }: { seal: Seal; clock: Clock }): ClientSecrets {
  return {
    grant(caller, session, seconds, id) {
      const { user, team, tier, role, credential, endUser, key, until: tokenUntil } = caller;
      const at = clock.now();
      const until = Math.min(at + seconds * 1000, tokenUntil ?? Infinity);
      const whose = { user, team, tier, role, credential, endUser, keyId: key?.id, tokenUntil };
      const granted: Granted = { id, ...whose, at, until, session };
      const envelope = seal.seal(deflateRawSync(JSON.stringify(granted)), BELONGS_TO);
      const body = CLIENT_SECRET_PREFIX + envelope.toString('base64url');
      if (body.length > CLIENT_SECRET_CHARS_MAX - 6)
        throw new Refusal('request.too_large', { param: 'session', detail: 'for a client secret' });
      return { value: body + checksum(body), until };
    },
    open(text) {
      const [, body = '', envelope, sum] = FORMAT.exec(text) ?? [];
      if (envelope === undefined || checksum(body) !== sum) return undefined;
      const sealed = seal.open(Buffer.from(envelope, 'base64url'), BELONGS_TO);
      if (!sealed) return undefined;
      // Nobody but us has written it.
      const plain = inflateRawSync(sealed, { maxOutputLength: SESSION_BYTES_MAX }).toString('utf8');
      const granted = grantedSchema.parse(JSON.parse(plain));
      return clock.now() < granted.until ? granted : undefined;
    },
  };
}
