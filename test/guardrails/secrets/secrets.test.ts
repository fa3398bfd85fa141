/** Secrets are found by shape or by label; stand-ins, references and code are not secrets. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretsGuardrail } from '../../../src/guardrails/secrets/secrets.ts';

/** Made up, and put together here so that no scanner of repositories takes them for real. */
const noise = (length: number, alphabet = 'aZ3kQ9xB7mT1vR5cY8nJ2wL6pD4hS0fG'): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + ((i * i) % 11)) % alphabet.length]).join('');
const hex = (length: number): string => noise(length, '3f9a1c7e5b0d2864');

const found = (text: string): string[] =>
  secretsGuardrail.inspect(text, 'user').map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

const TOKENS: readonly (readonly [type: string, token: string])[] = [
  ['openai_key', `sk-proj-${noise(48)}`],
  ['openai_key', `sk-${noise(48)}`],
  ['anthropic_key', `sk-ant-api03-${noise(60)}`],
  ['sallyport_key', `sk-sp-abc123-${noise(40)}`],
  ['sallyport_admin_key', `sp-admin-${noise(40)}`],
  ['github_token', `ghp_${noise(36)}`],
  ['github_token', `github_pat_${noise(22)}_${noise(59)}`],
  ['gitlab_token', `glpat-${noise(20)}`],
  ['slack_token', `xoxb-123456789012-${noise(24)}`],
  ['aws_access_key', `AKIA${noise(16, 'Q7ZXR3NB5KJ2MWTV')}`],
  ['google_api_key', `AIza${noise(35)}`],
  ['google_oauth_token', `ya29.${noise(60)}`],
  ['stripe_key', `sk_live_${noise(24)}`],
  ['stripe_key', `rk_live_${noise(24)}`],
  ['stripe_webhook_secret', `whsec_${noise(32)}`],
  ['sendgrid_key', `SG.${noise(22)}.${noise(43)}`],
  ['npm_token', `npm_${noise(36)}`],
  ['huggingface_token', `hf_${noise(34)}`],
  ['digitalocean_token', `dop_v1_${hex(64)}`],
  ['twilio_key', `SK${hex(32)}`],
  ['jwt', `eyJ${noise(30)}.eyJ${noise(40)}.${noise(43)}`],
  ['openai_key', `sk-None-${noise(40)}`],
  ['azure_key', `${noise(76)}AZDO${noise(4)}`],
  ['azure_key', `${noise(42)}AzSe${noise(6)}`],
  ['azure_key', `${noise(52)}JQQJ99${noise(26)}`],
  ['google_oauth_token', `1//0${noise(60)}`],
  ['aws_session_token', `IQoJb3JpZ2lu${noise(180)}`],
  ['mailgun_key', `${hex(32)}-${hex(8)}-${hex(8)}`],
  ['password_hash', `$2b$12$${noise(53)}`],
  ['password_hash', `$6$${noise(8)}$${noise(86)}`],
  ['infura_key', `infura.io/v3/${hex(32)}`],
  ['alchemy_key', `alchemy.com/v2/${noise(32)}`],
  ['atlas_secret', `mdb_sa_sk_${noise(40)}`],
  ['klaviyo_key', `pk_${hex(34)}`],
  ['segment_token', `sgp_${noise(64)}`],
  ['polar_token', `polar_oat_${noise(43)}`],
  ['together_key', `tgp_v1_${noise(43)}`],
  ['slack_webhook', `hooks.slack.com/services/T${noise(8)}/B${noise(8)}/${noise(24)}`],
];

describe('tokens with a shape of their own', () => {
  it.each(TOKENS)('%s %s', (type, token) => {
    expect(found(`my key: ${token} ok`)).toEqual([`${type} ${token}`]);
    expect(found(`"${token}"`)).toEqual([`${type} ${token}`]);
  });
});

describe('other secrets', () => {
  const password = ['hunter', '2!Tulip'].join('');
  it.each([
    [
      `-----BEGIN RSA PRIVATE KEY-----\n${noise(64)}\n${noise(64)}\n-----END RSA PRIVATE KEY-----`,
      'private_key',
    ],
    [`postgres://app:${password}@db.internal:5432/main`, 'url_password'],
    [`password: ${password}`, 'labelled_secret'],
    [`DB_PASSWORD=${password}`, 'labelled_secret'],
    [`{"client_secret": "${noise(32)}"}`, 'labelled_secret'],
    [`the password is ${password}`, 'labelled_secret'],
    [`api_key = '${noise(32)}'`, 'labelled_secret'],
    [`aws_secret_access_key = ${noise(40)}`, 'labelled_secret'],
    [`Authorization: Bearer ${noise(32)}`, 'labelled_secret'],
    [`define('DB_PASSWORD', '${password}');`, 'labelled_secret'],
    [`new NetworkCredential("svc", "${password}")`, 'labelled_secret'],
    [`sshpass -p '${password}' ssh root@10.0.0.2`, 'labelled_secret'],
    [`mysql -u root -p${password} app`, 'labelled_secret'],
    [`Password for the office network: ${password}`, 'labelled_secret'],
    [`Das Passwort lautet ${password}`, 'labelled_secret'],
    [`use this token ${noise(40)} to get in`, 'labelled_secret'],
    [`API key - ${hex(32)}`, 'labelled_secret'],
    ['POSTMARK_API_TOKEN=3f2b8c1e-0d4a-4c55-9b1e-1a2b3c4d5e6f', 'labelled_secret'],
    ["SECRET_KEY = 'django-insecure-q(8h$w2m#z!p0v&k7@t3x^n5'", 'labelled_secret'],
    [`https://files.example.net/a?sv=2024&sig=${noise(43)}%3D`, 'azure_signature'],
    [
      'seed phrase: maple orbit tulip gravel lantern copper meadow violin anchor pepper silver walnut',
      'seed_phrase',
    ],
  ])('%s', (text, type) => {
    expect(found(text).map((entry) => entry.split(' ')[0])).toEqual([type]);
  });

  it('takes the password alone out of a URL', () => {
    expect(found(`redis://cache:${password}@10.0.0.7`)).toEqual([`url_password ${password}`]);
  });
});

describe('no secrets', () => {
  it.each([
    'AKIAIOSFODNN7EXAMPLE',
    'sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'OPENAI_API_KEY=${OPENAI_API_KEY}',
    'const token = getToken(request.headers);',
    'password = process.env.DB_PASSWORD',
    'secret: <your-secret-here>',
    'token: 3f2b8c1e-0d4a-4c55-9b1e-1a2b3c4d5e6f',
    'privateKey: ./certs/server.pem',
    'the password is required',
    'a token is a piece of text; max_tokens: 4096, tokens: 1024',
    'sk-learn and task-force-something-very-long-indeed',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    'https://example.com/a/long/path/with-many-words/and_more?page=2',
    'postgres://postgres:postgres@localhost/test',
    '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----',
    'def __init__(self, password: bytes) -> None: ...',
    'const password = (password) => password.length',
    "simple: { password: 'secret-2-levels' }",
    'private_key: "_EllipticCurvePrivateKey"',
    'P11_TOKEN = P11_KIT_URI_FOR_OBJECT',
    'struct BoundsCheckingPass : PassInfoMixin<BoundsCheckingPass>',
    "'Lock-Token': 'urn:uuid:a515cfa4-5da4-22e1-f5b5-00a0451e6bf7'",
    'closed session for sessionid: 0x24edfaa8717002d',
    `STRIPE_PUBLISHABLE_KEY=pk_test_${noise(24)}`,
    `<script nonce="${noise(22)}==">`,
    'cost $5, $2b or not, ${a}$ and $$1$$',
    'the seed phrase: write it down and never show it to anyone you do not know',
    'mysql -p 3306, grep -path /var/lib/mysql -print',
    'interface Props { passwordField: string; tokenType: TokenKind }',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

it('never says the secret in its reason', () => {
  for (const [, token] of TOKENS) {
    for (const { reason } of secretsGuardrail.inspect(token, 'user'))
      expect(reason).not.toContain(token.slice(-6));
  }
});

it('never throws, and stays inside the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      'sk-',
      'eyJ',
      '://a:',
      'password',
      '=',
      ': ',
      '-----BEGIN ',
      'PRIVATE KEY-----',
      '"',
      ' is ',
      '@h',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      let last = 0;
      for (const { start, end } of secretsGuardrail.inspect(text, 'user')) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }),
    { seed: 2718, numRuns: 500 },
  );
});
