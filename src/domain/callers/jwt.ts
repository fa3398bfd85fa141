/**
 * Callers who bring a token of the company's own identity provider instead of a key (RFC 7519; RFC 8725 on what
 * to refuse). The algorithm is chosen by configuration, never by the token.
 */
import { createHash } from 'node:crypto';
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import type { OwnEgress } from '../../base/own-dispatcher.ts';
import type { Secret } from '../../base/secret.ts';
import type { Role } from '../../ports/store.ts';
import { type Caller, nameFrom } from './caller.ts';
import { remoteKeySet } from './key-set.ts';

const role = z.enum(['user', 'developer', 'admin']);
const name = z.string().min(1).max(256);
/** Asymmetric ones alone: a public key must never serve as the secret of HS256 (RFC 8725, section 2.1). */
export const SIGNATURE_ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const;

/** The section `jwt:`. Tokens are taken only where it is there. */
export const jwtSchema = z
  .strictObject({
    issuer: name,
    audience: z.union([name, z.array(name).min(1).max(16)]),
    /** Tokens signed with JWT_SECRET. */
    hs256: z.boolean().default(false),
    /** The provider's key set: https, or http to loopback. */
    jwksUrl: z.string().refine(isOwnCallUrl, OWN_CALL_URL).optional(),
    algorithms: z.array(z.enum(SIGNATURE_ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
    claims: z
      .strictObject({
        user: name.default('sub'),
        tier: name.default('tier'),
        role: name.default('role'),
        team: name.default('team'),
      })
      .prefault({}),
    /** Where the claim is absent; without a tier here, a token must name one. */
    defaults: z.strictObject({ tier: name.optional(), role: role.default('user') }).prefault({}),
    clockToleranceSeconds: z.int().min(0).max(300).default(5),
    /** How soon after reading the key set an unknown key id makes it be read again. */
    jwksCooldownSeconds: z.int().min(1).max(3600).default(30),
  })
  .refine((jwt) => jwt.hs256 || jwt.jwksUrl !== undefined, 'needs hs256: true, or jwksUrl');
/** The section after its schema: every default filled in. */
export type JwtSettings = z.infer<typeof jwtSchema>;

/** Where trust in a token comes from. */
export interface TokenVerifierOptions {
  readonly settings: JwtSettings;
  /** JWT_SECRET, at least 32 bytes; needed for `hs256`. */
  readonly secret?: Secret | undefined;
  /** Names of the configured tiers: a token that names another is refused. */
  readonly tiers: Pick<ReadonlySet<string>, 'has'>;
  /** Key of the digests of names that cannot stand in the audit log. */
  readonly digestKey: Buffer;
  readonly clock: Clock;
  /** To the key set. */
  readonly egress?: OwnEgress | undefined;
}

/** Tells whose a token is. */
export interface TokenVerifier {
  /**
   * The caller this token speaks for; undefined for every token that does not hold, whatever the reason. At once
   * where it was verified less than 60 s ago.
   * @throws auth.unavailable if the key set cannot be read
   */
  verify(token: string): Caller | undefined | Promise<Caller | undefined>;
}

const cachedMsMax = 60_000;
const cachedMax = 10_000;

/** Keeps at most 10,000 callers of tokens that held, each no longer than its token does. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { settings, clock } = options;
  const verified = new BoundedMap<string, { readonly caller: Caller; readonly until: number }>(cachedMax);
  const payloadOf = payloadReader(options);

  async function verifyAfresh(token: string, digest: string): Promise<Caller | undefined> {
    const payload = await payloadOf(token);
    const endsAt = ((payload?.exp ?? 0) + settings.clockToleranceSeconds) * 1000;
    const caller = payload && callerFrom(payload, endsAt, options);
    if (caller === undefined) return undefined;
    verified.set(digest, { caller, until: Math.min(endsAt, clock.now() + cachedMsMax) });
    return caller;
  }

  return {
    verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const known = verified.get(digest);
      if (known && clock.now() < known.until) return known.caller;
      return verifyAfresh(token, digest);
    },
  };
}

/** The payload of a token that holds. The header decides only which of the configured ways is tried. */
function payloadReader({ settings, secret, clock, egress }: TokenVerifierOptions) {
  const shared = settings.hs256 && secret ? Buffer.from(secret.reveal()) : undefined;
  const keySet =
    settings.jwksUrl === undefined
      ? undefined
      : remoteKeySet(new URL(settings.jwksUrl), settings.jwksCooldownSeconds * 1000, egress);
  const rules = {
    issuer: settings.issuer,
    audience: settings.audience,
    requiredClaims: ['iss', 'aud', 'exp'],
    clockTolerance: settings.clockToleranceSeconds,
  };
  return async (token: string): Promise<JWTPayload | undefined> => {
    try {
      const currentDate = new Date(clock.now());
      if (decodeProtectedHeader(token).alg === 'HS256') {
        if (shared === undefined) return undefined;
        return (await jwtVerify(token, shared, { ...rules, currentDate, algorithms: ['HS256'] })).payload;
      }
      if (keySet === undefined) return undefined;
      return (await jwtVerify(token, keySet, { ...rules, currentDate, algorithms: settings.algorithms }))
        .payload;
    } catch (error) {
      // The key set's own fault; every other is the token's.
      if (error instanceof Refusal) throw error;
      return undefined;
    }
  };
}

function callerFrom(
  payload: JWTPayload,
  until: number,
  { settings, tiers, digestKey }: TokenVerifierOptions,
): Caller | undefined {
  const { claims, defaults } = settings;
  const said = (claim: string): unknown => (Object.hasOwn(payload, claim) ? payload[claim] : undefined);
  const user = nameFrom(said(claims.user), 'sub', digestKey);
  const team = said(claims.team) === undefined ? undefined : nameFrom(said(claims.team), 'team', digestKey);
  const tier = said(claims.tier) ?? defaults.tier;
  const asked = role.safeParse(said(claims.role) ?? defaults.role);
  if (user === undefined || typeof tier !== 'string' || !tiers.has(tier) || !asked.success) return undefined;
  if (said(claims.team) !== undefined && team === undefined) return undefined;
  const own: Role = asked.data;
  return { user, team, tier, role: own, credential: `jwt:${user}`, until };
}
