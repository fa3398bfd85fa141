/**
 * src/secret-managers.ts: secrets from AWS and Google Cloud before anything else is read, against stand-ins that hold
 * to what both document; the one of AWS computes the signature itself. Shown false by another key at the signer.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchSecrets } from '../src/secret-managers.ts';
import { runCommand } from './support/command.ts';

const VALUE = 'sk-proj-from-a-manager-0123456789';
const KEYS = { id: 'AKIDOFTHEROLE', secret: 'secret-of-the-role', session: 'session-of-the-role' };
const role = { AccessKeyId: KEYS.id, SecretAccessKey: KEYS.secret, Token: KEYS.session };
const seen: string[] = [];
const server = createServer((request, response) => {
  void answer(request, response);
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => void seen.splice(0));
afterAll(() => server.close());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await answerTo(request);
  seen.push(`${request.method} ${request.url}`);
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function answerTo(request: IncomingMessage): Promise<[number, unknown]> {
  const { method, url = '', headers } = request;
  const body = await text(request);
  if (url === '/container') return headers.authorization === 'of-the-pod' ? [200, role] : [401, ''];
  if (url === '/latest/api/token' && method === 'PUT') return [200, 'metadata-token'];
  if (url.startsWith('/latest/')) {
    if (headers['x-aws-ec2-metadata-token'] !== 'metadata-token') return [401, ''];
    return url.endsWith('/gateway') ? [200, role] : [200, 'gateway\n'];
  }
  if (url.startsWith('/computeMetadata/'))
    return headers['metadata-flavor'] === 'Google' ? [200, { access_token: 'of-the-account' }] : [403, ''];
  if (
    url === '/v1/projects/p/secrets/s/versions/latest:access' &&
    headers.authorization === 'Bearer of-the-account'
  )
    return [200, { payload: { data: Buffer.from(`${VALUE}\n`).toString('base64') } }];
  if (headers['x-amz-target'] !== 'AmazonSSM.GetParameter' || !isSigned(request, body)) return [403, ''];
  if (body === '{"Name":"/house/key","WithDecryption":true}') return [200, { Parameter: { Value: VALUE } }];
  return [400, { __type: 'ParameterNotFound' }];
}

const sha = (value: string): string => createHash('sha256').update(value).digest('hex');
const mac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();

/** Signature version 4, as AWS describes it ("Create a signed AWS API request"). */
function isSigned({ headers, method, url }: IncomingMessage, body: string): boolean {
  const [, signed = '', signature] =
    /SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(headers.authorization ?? '') ?? [];
  const lines = signed.split(';').map((name) => `${name}:${headers[name]?.toString().trim()}\n`);
  const canonical = [method, url, '', lines.join(''), signed, sha(body)].join('\n');
  const at = headers['x-amz-date']?.toString() ?? '';
  const scope = `${at.slice(0, 8)}/eu-west-1/ssm/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(mac, `AWS4${KEYS.secret}`);
  const isOfRole =
    headers['x-amz-security-token'] === KEYS.session && signed.includes('x-amz-security-token');
  return (
    isOfRole && mac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha(canonical)}`).toString('hex') === signature
  );
}

const aws = () => ({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_SSM: origin });
const gcp = () => ({
  GCE_METADATA_HOST: origin.slice('http://'.length),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: origin,
});
const CREDENTIALS: Readonly<Record<string, () => NodeJS.ProcessEnv>> = {
  'the environment': () => ({
    AWS_ACCESS_KEY_ID: KEYS.id,
    AWS_SECRET_ACCESS_KEY: KEYS.secret,
    AWS_SESSION_TOKEN: KEYS.session,
  }),
  'the container': () => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/container`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of-the-pod',
  }),
  'the instance': () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: origin }),
};

describe('what a manager holds stands for the variable', () => {
  test.each(Object.keys(CREDENTIALS))('AWS, with credentials of %s', async (source) => {
    const env = { ...aws(), ...CREDENTIALS[source]?.(), OPENAI_API_KEY_FROM: 'aws-ssm:/house/key' };
    await fetchSecrets(env);
    expect(env).toMatchObject({ OPENAI_API_KEY: VALUE });
  });

  test('Google Cloud, as the account of the machine; and a variable that only a file of the configuration names', async () => {
    const from = 'gcp-sm:projects/p/secrets/s/versions/latest';
    const env = { ...gcp(), JWT_SECRET_FROM: from, GUARD_KEY_FROM: from };
    await fetchSecrets(env);
    expect(env).toMatchObject({ JWT_SECRET: VALUE, GUARD_KEY: VALUE });
  });

  test('what names no manager is not looked at, and nobody is asked', async () => {
    const env = { MAIL_FROM: 'ops@example.com', PATH: '/bin' };
    await fetchSecrets(env);
    expect(env).toEqual({ MAIL_FROM: 'ops@example.com', PATH: '/bin' });
    expect(seen).toEqual([]);
  });
});

test('all faults at once, none with a value; nothing listens', async () => {
  const env = {
    ...aws(),
    ...gcp(),
    ...CREDENTIALS['the instance']?.(),
    OPENAI_API_KEY_FROM: 'aws-ssm:/house/absent',
    SALLYPORT_SECRET: VALUE,
    SALLYPORT_SECRET_FROM: 'aws-ssm:/house/key',
    JWT_SECRET_FROM: 'vault:/house/key',
    REDIS_URL_FROM: 'gcp-sm:../../other',
    DATABASE_URL_FROM: 'gcp-sm:projects/p/secrets/t/versions/1',
  };
  const { code, err: stderr } = await runCommand(['check-config'], { env });
  expect(code).toBe(1);
  const lines = stderr
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .sort();
  expect(lines.map((line) => line.trim().replace(/\d+\.\d+\.\d+\.\d+:\d+/, 'HOST'))).toEqual([
    'DATABASE_URL_FROM: HOST answered 403',
    'JWT_SECRET_FROM: must begin with aws-ssm: or gcp-sm:',
    'OPENAI_API_KEY_FROM: HOST answered 400',
    'REDIS_URL_FROM: must be gcp-sm:projects/P/secrets/S/versions/V',
    'SALLYPORT_SECRET_FROM: given twice: also as SALLYPORT_SECRET or SALLYPORT_SECRET_FILE',
  ]);
  expect(stderr).not.toContain(VALUE);
});
