/**
 * A small OpenID Connect provider on loopback: discovery, keys, authorization code with PKCE, tokens signed by jose. It
 * holds its client to the protocol (secret, redirect, one use of a code, the verifier), and can be told to lie.
 */
import { hash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { portOf } from './postgres.ts';

export const CLIENT_ID = 'sallyport';
export const CLIENT_SECRET = 'a secret of the client at the provider';

/** Who is at the browser. */
export interface PersonThere {
  readonly sub: string;
  readonly groups?: readonly string[];
}

/** What it says instead of the truth, of one token. */
export interface Lie {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signed with a key that is not published. */
  readonly strangeKey?: true;
  /** Of its own instead of a signature: `none`. */
  readonly unsigned?: true;
}

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Whom the next sign-in is of. */
  person: PersonThere;
  /** Of the next tokens, until it is taken back. */
  lie: Lie | undefined;
  /** Every request so far: method and path. */
  readonly seen: string[];
  /** A signed logout token; claims laid over the honest ones. */
  logoutToken(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

interface Grant {
  readonly person: PersonThere;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/** @param redirectUri where its client may be sent back to */
export async function startProvider(redirectUri: () => string): Promise<TestProvider> {
  const own = await generateKeyPair('RS256', { extractable: true });
  const strange = await generateKeyPair('RS256');
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${portOf(server)}`;
  const sign: Sign = async (claims, lie = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: CLIENT_ID, iat: now, exp: now + 300, ...claims, ...lie.claims };
    if (lie.unsigned) return `${encoded({ alg: 'none' })}.${encoded(all)}.`;
    const key = lie.strangeKey ? strange.privateKey : own.privateKey;
    return await new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);
  };
  const provider: TestProvider = {
    issuer,
    person: { sub: 'nobody' },
    lie: undefined,
    seen: [],
    logoutToken: (claims) => sign({ jti: randomUUID(), events: LOGOUT, ...claims }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  server.on('request', (request, response) => {
    provider.seen.push(`${request.method} ${request.url?.split('?')[0]}`);
    answer({ provider, jwk, grants, sign, redirectUri }, request, response).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'invalid_request', error_description: String(error) }));
    });
  });
  return provider;
}

type Sign = (claims: Readonly<Record<string, unknown>>, lie?: Lie) => Promise<string>;
const LOGOUT = { 'http://schemas.openid.net/event/backchannel-logout': {} };

interface Parts {
  readonly provider: TestProvider;
  readonly jwk: object;
  readonly grants: Map<string, Grant>;
  readonly sign: Sign;
  readonly redirectUri: () => string;
}

/** @throws Error for what its client may not ask */
async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { provider, jwk, grants, sign, redirectUri } = parts;
  const { issuer } = provider;
  const url = new URL(request.url ?? '', issuer);
  const json = (body: object): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (url.pathname === '/.well-known/openid-configuration') return json(metadataOf(issuer));
  if (url.pathname === '/jwks') return json({ keys: [jwk] });
  if (url.pathname === '/authorize') {
    const back = authorized(url.searchParams, grants, provider.person, redirectUri());
    back.searchParams.set('iss', issuer);
    response.writeHead(303, { location: back.href });
    response.end();
    return;
  }
  if (url.pathname !== '/token') throw new Error('no such place');
  const { person, nonce } = redeemed(await formOf(request), request.headers.authorization, grants);
  const claims = { ...person, nonce, sid: `sid-${person.sub}` };
  json({
    access_token: randomUUID(),
    token_type: 'Bearer',
    expires_in: 60,
    id_token: await sign(claims, provider.lie),
  });
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/end`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'none'],
  authorization_response_iss_parameter_supported: true,
  code_challenge_methods_supported: ['S256'],
});

/** Where the browser goes back to. @throws Error where the client asks for what it may not */
function authorized(
  asked: URLSearchParams,
  grants: Map<string, Grant>,
  person: PersonThere,
  redirectUri: string,
): URL {
  const one = (name: string): string => asked.get(name) ?? '';
  if (one('client_id') !== CLIENT_ID || one('response_type') !== 'code') throw new Error('client');
  if (one('redirect_uri') !== redirectUri || one('code_challenge_method') !== 'S256')
    throw new Error('redirect');
  if (one('state').length < 20 || one('nonce').length < 20 || one('code_challenge').length !== 43)
    throw new Error('state, nonce or challenge');
  const code = randomUUID();
  grants.set(code, { person, nonce: one('nonce'), challenge: one('code_challenge'), redirectUri });
  const back = new URL(redirectUri);
  back.searchParams.set('code', code);
  back.searchParams.set('state', one('state'));
  return back;
}

/** A code is good once, for its client and verifier. @throws Error */
function redeemed(
  form: URLSearchParams,
  authorization: string | undefined,
  grants: Map<string, Grant>,
): Grant {
  const basic = Buffer.from(`${CLIENT_ID}:${encodeURIComponent(CLIENT_SECRET).replaceAll('%20', '+')}`);
  if (authorization !== `Basic ${basic.toString('base64')}`) throw new Error('client secret');
  const code = form.get('code') ?? '';
  const grant = grants.get(code);
  grants.delete(code);
  const challenge = hash('sha256', form.get('code_verifier') ?? '', 'base64url');
  if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri'))
    throw new Error('code, verifier or redirect');
  return grant;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request));
}
