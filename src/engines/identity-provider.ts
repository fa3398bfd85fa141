/**
 * An OpenID Connect provider, by openid-client: authorization code with PKCE, state and nonce, ID tokens checked to their
 * signature, logout tokens too. Calls go to the configured issuer and where it points, never to a link-local address,
 * follow no redirect, and are bounded in time and size.
 */
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { type Dispatcher, request } from 'undici';
import { BoundedMap } from '../base/bounded-map.ts';
import { Refusal } from '../base/errors.ts';
import { isOwnCallUrl } from '../base/own-calls.ts';
import { ownDispatcher } from '../base/own-dispatcher.ts';
import type { Identity, IdentityProvider, LoggedOut, SignInChecks } from '../ports/identity-provider.ts';

const CALL_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 262_144;
/** What the provider says of itself is asked again after so long, so that keys and places that it gave up end. */
const KNOWN_MS_MAX = 600_000;
/** A logout token is told soon or not at all. */
const LOGOUT_AGE_S_MAX = 300;
const CLOCK_TOLERANCE_S = 30;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Who is asked, and as whom. */
export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Left out: a public client, which PKCE alone holds to. */
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
  /** The only ones that a signature may be made with. */
  readonly algorithms: readonly string[];
  /** Where the browser comes back to, and where it goes after logging out. */
  readonly redirectUri: string;
  readonly afterLogoutUri: string;
  /** Certificates that are trusted and shown. */
  readonly tls: object;
  readonly proxy?: string | undefined;
}

/** Asks nothing before it is needed. */
export function createIdentityProvider(options: ProviderOptions): IdentityProvider {
  return new Provider(options);
}

interface Known {
  readonly config: client.Configuration;
  readonly keySet: ReturnType<typeof createRemoteJWKSet>;
  readonly until: number;
}

class Provider implements IdentityProvider {
  readonly #options: ProviderOptions;
  readonly #dispatcher: Dispatcher;
  /** Logout tokens that were used, by `jti`. */
  readonly #used = new BoundedMap<string, true>(10_000);
  #known: Known | undefined;
  #asking: Promise<Known> | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#dispatcher = ownDispatcher(options, BOUNDS);
  }

  async begin(): Promise<{ url: string; checks: SignInChecks }> {
    const { config } = await this.#ask();
    const checks = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: this.#options.redirectUri,
      scope: this.#options.scopes.join(' '),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, checks };
  }

  async finish(query: string, { state, nonce, verifier }: SignInChecks): Promise<Identity> {
    const { config } = await this.#ask();
    const back = new URL(`${this.#options.redirectUri}?${query}`);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const tokens = await client
      .authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true })
      .catch((error: unknown) => {
        throw refusalOf(error);
      });
    const claims = tokens.claims();
    if (claims === undefined) throw new Refusal('auth.sign_in', { detail: 'no ID token' });
    const { sub, sid } = claims;
    return { subject: sub, claims, session: typeof sid === 'string' ? sid : undefined };
  }

  async loggedOut(token: string): Promise<LoggedOut> {
    const { config, keySet } = await this.#ask();
    const { payload } = await jwtVerify(token, keySet, {
      issuer: config.serverMetadata().issuer,
      audience: this.#options.clientId,
      algorithms: [...this.#options.algorithms],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: LOGOUT_AGE_S_MAX,
      clockTolerance: CLOCK_TOLERANCE_S,
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { sub: subject, sid: session, events, nonce, jti = '' } = payload;
    const isEvent = typeof Object(events)[LOGOUT_EVENT] === 'object';
    // An ID token has the same signature: what it must have and a logout token must not is what tells them apart.
    if (!isEvent || nonce !== undefined || (!subject && typeof session !== 'string') || this.#used.has(jti))
      throw new Refusal('auth.sign_in', { detail: 'not a logout token, or used' });
    this.#used.set(jti, true);
    return { subject, session: typeof session === 'string' ? session : undefined };
  }

  async endSessionUrl(): Promise<string | undefined> {
    const { config } = await this.#ask();
    if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
    return client.buildEndSessionUrl(config, { post_logout_redirect_uri: this.#options.afterLogoutUri }).href;
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #ask(): Promise<Known> {
    if (this.#known && Date.now() < this.#known.until) return this.#known;
    this.#asking ??= this.#discover().finally(() => (this.#asking = undefined));
    return await this.#asking;
  }

  /** @throws auth.unavailable */
  async #discover(): Promise<Known> {
    const { issuer, clientId } = this.#options;
    const url = new URL(issuer);
    const ask = this.#fetch.bind(this);
    const isPlain = url.protocol === 'http:';
    try {
      const found = await client.discovery(url, clientId, undefined, client.None(), {
        [client.customFetch]: ask,
        timeout: CALL_MS_MAX / 1000,
        execute: isPlain ? [client.allowInsecureRequests] : [],
      });
      const config = this.#configurationFor(found.serverMetadata());
      config[client.customFetch] = ask;
      config.timeout = CALL_MS_MAX / 1000;
      if (isPlain) client.allowInsecureRequests(config);
      client.enableNonRepudiationChecks(config);
      const { jwks_uri: jwksUri = '' } = config.serverMetadata();
      const keySet = createRemoteJWKSet(new URL(jwksUri), {
        timeoutDuration: CALL_MS_MAX,
        cacheMaxAge: KNOWN_MS_MAX,
        [customFetch]: ask,
      });
      return (this.#known = { config, keySet, until: Date.now() + KNOWN_MS_MAX });
    } catch (cause) {
      throw new Refusal('auth.unavailable', { cause, detail: 'the identity provider cannot be asked' });
    }
  }

  /** Only what it signs with and is allowed here; a secret is shown as it asks for. @throws Error if nothing is left */
  #configurationFor(server: client.ServerMetadata): client.Configuration {
    const { clientId, clientSecret, algorithms } = this.#options;
    const offered = server.id_token_signing_alg_values_supported ?? ['RS256'];
    const allowed = offered.filter((name) => algorithms.includes(name));
    if (allowed.length === 0) throw new Error('it signs with nothing that is allowed');
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const posts = !ways.includes('client_secret_basic');
    const confidential = posts ? client.ClientSecretPost : client.ClientSecretBasic;
    const authentication = clientSecret === undefined ? client.None() : confidential(clientSecret);
    const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_S };
    return new client.Configuration(
      { ...server, id_token_signing_alg_values_supported: allowed },
      clientId,
      metadata,
      authentication,
    );
  }

  /** Undici's request follows no redirects. @throws auth.unavailable */
  async #fetch(
    address: string,
    init: {
      method?: string;
      headers?: RequestInit['headers'];
      body?: unknown;
      signal?: AbortSignal | undefined;
    },
  ): Promise<Response> {
    if (!isOwnCallUrl(address)) throw new Refusal('auth.unavailable', { detail: 'a forbidden address' });
    const { method = 'GET', headers, body, signal } = init;
    try {
      const answer = await request(address, {
        dispatcher: this.#dispatcher,
        method: method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(headers)),
        // A form is all that is ever posted.
        body: body instanceof URLSearchParams ? body.toString() : null,
        signal: signal ?? AbortSignal.timeout(CALL_MS_MAX),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 500) throw new Error(`status ${answer.statusCode}`);
      const type = answer.headers['content-type'];
      return new Response(text, {
        status: answer.statusCode,
        headers: typeof type === 'string' ? { 'content-type': type } : {},
      });
    } catch (cause) {
      throw new Refusal('auth.unavailable', { cause, detail: 'the identity provider does not answer' });
    }
  }
}

const BOUNDS = { msMax: CALL_MS_MAX, answerBytesMax: ANSWER_BYTES_MAX, connections: 4 };

/** What could not be asked is told as that, however deep a library has wrapped it; all else is one refusal. */
function refusalOf(error: unknown): Refusal {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth += 1)
    if (at instanceof Refusal) return at;
  const detail = error instanceof Error ? error.message : 'unknown';
  return new Refusal('auth.sign_in', { cause: error, detail });
}
