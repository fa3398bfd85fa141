/**
 * What receivers of webhooks see. Shown false, each by its case: by a signature over the body alone, by fetch, which
 * follows redirects, by a queue without a bound, and by a lookup that allows every address.
 */
import { createHmac } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifySchema } from '../../../src/engines/notify/notify.ts';
import { createWebhookNotifier, type WebhookOptions } from '../../../src/engines/notify/notify-webhook.ts';
import type { Notifier } from '../../../src/ports/notifier.ts';

const SECRET = 'what-the-receiver-knows';
const notice = (id: string, text = 'ada waits for the approval of a call of send_email') => ({
  kind: 'approval.asked',
  text,
  path: `/console/approvals#${id}`,
  id,
});

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const NOTHING: Seen = { url: undefined, headers: {}, body: '' };
let server: Server;
let origin = '';
let seen: Seen[] = [];
let statuses: number[] = [];
let failures: string[] = [];
const open: Notifier[] = [];

beforeAll(async () => {
  server = createServer((request, reply) => {
    const pieces: string[] = [];
    request.on('data', (piece) => pieces.push(String(piece)));
    request.on('end', () => {
      seen.push({ url: request.url, headers: request.headers, body: pieces.join('') });
      if (request.url === '/silent') return;
      const status = statuses.shift() ?? 204;
      reply.writeHead(status, status === 302 ? { location: `${origin}/elsewhere` } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
  statuses = [];
  failures = [];
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  server.closeAllConnections();
  server.close();
});

function notifier(more: Partial<WebhookOptions> = {}): Notifier {
  const made = createWebhookNotifier({
    webhooks: [{ url: `${origin}/hook?x=1`, secret: SECRET, format: 'json' }],
    baseUrl: 'https://sallyport.example.com',
    firstWaitMs: 5,
    onFailure: (index, reason) => void failures.push(`${index} ${reason}`),
    ...more,
  });
  open.push(made);
  return made;
}

test('a signed POST with a link, and nothing else to look at', async () => {
  expect(notifier().notify(notice('1'))).toBe(true);
  await expect.poll(() => seen).toHaveLength(1);
  const [{ url, headers, body } = NOTHING] = seen;
  expect(url).toBe('/hook?x=1');
  expect(JSON.parse(body)).toEqual({
    id: '1',
    kind: 'approval.asked',
    text: 'ada waits for the approval of a call of send_email',
    link: 'https://sallyport.example.com/console/approvals#1',
    at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const timestamp = String(headers['x-sallyport-timestamp']);
  expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(10);
  const digest = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
  expect(headers['x-sallyport-signature']).toBe(`v1=${digest}`);
  expect(headers['x-sallyport-delivery']).toBe('1');
  expect(Object.keys(headers)).not.toContain('authorization');
});

test('Slack’s form: no name makes a link or calls a channel', async () => {
  const slack = notifier({ webhooks: [{ url: `${origin}/services/T/B/x`, format: 'slack' }] });
  slack.notify(notice('2', 'ada & <!channel> <https://evil.example|here>'));
  await expect.poll(() => seen).toHaveLength(1);
  const [{ headers, body } = NOTHING] = seen;
  expect(JSON.parse(body)).toEqual({
    text:
      'ada &amp; &lt;!channel&gt; &lt;https://evil.example|here&gt;\n' +
      '<https://sallyport.example.com/console/approvals#2|Open it in the console>',
    unfurl_links: false,
  });
  expect(headers['x-sallyport-signature']).toBeUndefined();
});

describe('a receiver that fails', () => {
  test('is asked again, in order, until it takes it', async () => {
    statuses = [503, 429, 200];
    const one = notifier();
    for (const id of ['3', '4']) one.notify(notice(id));
    await expect.poll(() => seen.length).toBe(4);
    expect(seen.map(({ body }) => JSON.parse(body).id)).toEqual(['3', '3', '3', '4']);
    expect(failures).toEqual(['0 answered 503', '0 answered 429']);
  });

  test('and refuses is not asked again; a redirect is such a refusal', async () => {
    statuses = [404, 302];
    const one = notifier();
    for (const id of ['5', '6', '7']) one.notify(notice(id));
    await expect.poll(() => seen.length).toBe(3);
    expect(seen.map(({ url }) => url)).toEqual(Array.from({ length: 3 }, () => '/hook?x=1'));
    expect(failures).toEqual(['0 answered 404', '0 answered 302']);
  });

  test('does not hold up another', async () => {
    const one = notifier({
      webhooks: [
        { url: 'http://127.0.0.1:1/', secret: SECRET, format: 'json' },
        { url: `${origin}/hook`, secret: SECRET, format: 'json' },
      ],
      firstWaitMs: 60_000,
    });
    for (const id of ['8', '9']) one.notify(notice(id));
    await expect.poll(() => seen.length).toBe(2);
    expect(failures.join()).not.toContain('127.0.0.1');
  });

  // Negative control: with one connection to an origin the others wait for the five seconds of who is silent.
  test('does not hold up another at the same place', async () => {
    const one = notifier({
      webhooks: ['/silent', '/hook', '/hook'].map((path) => ({
        url: origin + path,
        secret: SECRET,
        format: 'json' as const,
      })),
    });
    for (const id of ['8', '9']) one.notify(notice(id));
    await expect.poll(() => seen.filter(({ url }) => url === '/hook').length).toBe(4);
    expect(failures).toEqual([]);
  });

  test('holds up to a thousand notices', () => {
    const one = notifier({ webhooks: [{ url: 'http://127.0.0.1:1/', secret: SECRET, format: 'json' }] });
    const taken = Array.from({ length: 1005 }, (_, n) => one.notify(notice(`${n}`)));
    expect(taken.filter(Boolean)).toHaveLength(1000);
    expect(failures.filter((text) => text.includes('dropped'))).toHaveLength(5);
  });
});

const isTaken = (url: string): boolean =>
  notifySchema.safeParse({ webhooks: [{ url, secret: SECRET }], baseUrl: 'https://a.example' }).success;

const faults = (value: unknown) =>
  notifySchema.safeParse(value).error?.issues.map(({ path }) => path.join('.'));

test('I54: https, or loopback; no metadata address', () => {
  expect(isTaken('https://hooks.example.com/x')).toBe(true);
  expect(isTaken('http://127.0.0.1:9/x')).toBe(true);
  for (const url of [
    'http://hooks.example.com/x',
    'https://169.254.169.254/latest',
    'https://[fe80::1]/',
    'https://u:p@hooks.example.com/',
    'ftp://hooks.example.com/',
    'hooks',
  ])
    expect(isTaken(url), `the address ${url}`).toBe(false);
});

test('without a secret nobody knows who calls; without a base there is no link', () => {
  const url = 'https://hooks.example.com/x';
  expect(faults({ webhooks: [{ url }], baseUrl: 'https://a.example' })).toEqual(['webhooks.0.secret']);
  expect(faults({ webhooks: [{ url, secret: SECRET }] })).toEqual(['baseUrl']);
  expect(faults({ webhooks: [{ url, format: 'slack' }], baseUrl: 'https://a.example' })).toBeUndefined();
  expect(faults({})).toBeUndefined();
});

test('I54: a name that also leads to a metadata address is called nowhere; one that does not is', async () => {
  const { port } = new URL(origin);
  const { lookup } = dns;
  const told = async (...addresses: readonly string[]): Promise<void> => {
    const found = addresses.map((address) => ({ address, family: 4 }));
    // The network's answer, which is not ours to give.
    const answer = (...given: unknown[]): void => {
      const callback = given.at(-1);
      if (typeof callback === 'function') callback(null, found);
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one of its many forms
    dns.lookup = answer as unknown as typeof lookup;
    syncBuiltinESMExports();
    const url = `http://localhost:${port}/hook`;
    notifier({ webhooks: [{ url, secret: SECRET, format: 'json' }] }).notify(notice(`n-${addresses.length}`));
    await expect.poll(() => seen.length + failures.length).toBeGreaterThan(0);
  };
  try {
    await told('127.0.0.1', '169.254.169.254');
    expect([seen.length, failures[0]]).toEqual([0, '0 Error']);
    await Promise.all(open.splice(0).map((each) => each.close()));
    failures = [];
    await told('127.0.0.1');
    expect(seen).toHaveLength(1);
  } finally {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  }
});
