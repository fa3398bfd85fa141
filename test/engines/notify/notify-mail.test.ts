/**
 * What a mail server sees, a real one on loopback. Shown false, each by its case: by `requireTLS` left out, by a certificate
 * that nobody checks, by an address that may hold a line break, and by a lookup that allows every address.
 */
import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createNotifier, notifySchema } from '../../../src/engines/notify/notify.ts';
import {
  createMailNotifier,
  type MailSettings,
  mailSchema,
} from '../../../src/engines/notify/notify-mail.ts';
import type { Notice } from '../../../src/ports/notifier.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';

const { key, cert } = selfSigned();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-mail-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, cert);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly isSecure: boolean;
  readonly message: string;
}
let seen: Seen[] = [];
/** What the server says to the next messages: a code each, 250 once there are none. */
let codes: number[] = [];
let failures: string[] = [];
beforeEach(() => {
  seen = [];
  codes = [];
  failures = [];
});

function seenIn({ envelope: { mailFrom, rcptTo }, user, secure }: SMTPServerSession, message: string): Seen {
  const from = mailFrom === false ? '' : mailFrom.address;
  return { from, to: rcptTo.map(({ address }) => address), user, isSecure: secure, message };
}

async function mailServer(options: object = {}): Promise<number> {
  const server = new SMTPServer({
    key,
    cert,
    authOptional: true,
    // A name of whoever comes is looked for otherwise.
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, callback) =>
      password === 'right' ? callback(null, { user: username }) : callback(new Error('no')),
    onData(stream, session, callback) {
      const pieces: string[] = [];
      stream.on('data', (piece) => pieces.push(String(piece)));
      stream.on('end', () => {
        const code = codes.shift();
        if (code === undefined) seen.push(seenIn(session, pieces.join('')));
        callback(
          code === undefined ? undefined : Object.assign(new Error('not now'), { responseCode: code }),
        );
      });
    },
    ...options,
  });
  // Callers who leave are no fault here.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.server.address() as AddressInfo).port;
}

const notice = (id: string, words = 'Incident (critical): silent-guard'): Notice => ({
  kind: 'incident.opened',
  text: words,
  path: `/console/incidents#${id}`,
  id,
});

function notifier(port: number, fields: Partial<MailSettings> = {}) {
  const mail = mailSchema.parse({
    host: '127.0.0.1',
    port,
    from: 'sallyport@house.example',
    to: ['ops@house.example', 'sec@house.example'],
    caFile,
    ...fields,
  });
  const made = createMailNotifier({
    mail,
    baseUrl: 'https://sallyport.house.example',
    firstWaitMs: 5,
    onFailure: (reason) => failures.push(reason),
  });
  onTestFinished(() => made.close());
  return made;
}

const arrived = (count: number) =>
  until(
    () => seen,
    (all) => all.length >= count,
  );
const failed = (count: number) =>
  until(
    () => failures,
    (all) => all.length >= count,
  );

test.each([
  ['starttls', {}],
  ['tls', { secure: true }],
] as const)('over %s, with who it is from, what happened and where to look', async (security, options) => {
  const port = await mailServer(options);
  notifier(port, { security, user: 'gate', password: 'right' }).notify(notice('i-1'));
  const [mail] = await arrived(1);
  expect(mail).toMatchObject({
    from: 'sallyport@house.example',
    to: ['ops@house.example', 'sec@house.example'],
    user: 'gate',
    isSecure: true,
  });
  expect(mail?.message).toMatch(/^Subject: Sallyport: incident\.opened\r$/m);
  expect(mail?.message).toMatch(/^Message-ID: <i-1\.incident\.opened@house\.example>\r$/im);
  expect(mail?.message).toMatch(/^Auto-Submitted: auto-generated\r$/im);
  expect(mail?.message).toContain('Incident (critical): silent-guard\r\n');
  expect(mail?.message).toContain('https://sallyport.house.example/console/incidents#i-1\r\n');
  expect(failures).toEqual([]);
});

test('nothing is sent in clear, or to who cannot show a certificate', async () => {
  const plain = await mailServer({ disabledCommands: ['STARTTLS', 'AUTH'] });
  notifier(plain).notify(notice('plain'));
  await failed(1);
  const proper = await mailServer();
  notifier(proper, { caFile: undefined }).notify(notice('unknown'));
  await failed(3);
  expect(seen).toEqual([]);
  expect(new Set(failures)).toEqual(new Set(['answered 500', 'ESOCKET']));
});

test('a no for now is tried again, a no for good is not', async () => {
  const port = await mailServer();
  const made = notifier(port);
  codes = [451, 554];
  made.notify(notice('one'));
  made.notify(notice('two'));
  await failed(2);
  made.notify(notice('three'));
  const all = await arrived(1);
  expect(failures).toEqual(['answered 451', 'answered 554']);
  expect(all.map(({ message }) => /i?ncidents#(\w+)/.exec(message)?.[1])).toEqual(['two']);
  await arrived(2);
  const refused = notifier(port, { user: 'gate', password: 'wrong' });
  refused.notify(notice('four'));
  await failed(3);
  expect(failures[2]).toBe('answered 535');
});

const faults = (fields: object) =>
  mailSchema
    .safeParse({ host: 'mail.example', from: 'a@b.example', to: ['c@d.example'], ...fields })
    .error?.issues.map(({ path }) => path.join('.'));

test('I54: no forbidden address, by number or by name; no address that hides another', async () => {
  expect(faults({})).toBeUndefined();
  expect(faults({ host: '169.254.169.254' })).toEqual(['host']);
  expect(faults({ to: ['a@b.example\r\nBcc: c@d.example'] })).toEqual(['to.0']);
  expect(faults({ from: 'Ops <a@b.example>' })).toEqual(['from']);
  expect(faults({ security: 'none' })).toEqual(['security']);
  const port = await mailServer();
  const { lookup } = dns;
  onTestFinished(() => {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of several forms this one is asked for
  const answer = ((_name: string, _options: object, callback: (...args: unknown[]) => void) =>
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ])) as unknown as typeof dns.lookup;
  dns.lookup = answer;
  syncBuiltinESMExports();
  // The server is there, but its name leads elsewhere as well.
  notifier(port, { host: 'localhost' }).notify(notice('forbidden'));
  await failed(1);
  expect(seen).toEqual([]);
});

test('mail and webhooks are told together, and need a base for links', async () => {
  const port = await mailServer();
  const mail = { host: '127.0.0.1', port, from: 'a@b.example', to: ['c@d.example'], caFile };
  expect(notifySchema.safeParse({ mail }).error?.issues.map(({ path }) => path.join('.'))).toEqual([
    'baseUrl',
  ]);
  const settings = notifySchema.parse({ mail, baseUrl: 'https://s.example' });
  const made = createNotifier(settings, (receiver, reason) => failures.push(`${receiver}: ${reason}`));
  onTestFinished(() => made.close());
  expect(made.receivers).toBe(1);
  expect(made.notify(notice('both'))).toBe(true);
  await arrived(1);
  const nobody = createNotifier(notifySchema.parse({}), () => undefined);
  expect(nobody.receivers).toBe(0);
  await nobody.close();
});
