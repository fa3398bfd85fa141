/**
 * The desk over a real store and a real audit log; only the clock is ours. Shown false, each by its case: by a desk
 * that acts before it records, by `checkDecision` without its first line, by `take` with the record's own binding, by
 * a claim that does not ask whose the answer is, by a desk that shows what it reads as it was written, by deleting whoever is held.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSeal } from '../../../src/base/seal.ts';
import { Secret } from '../../../src/base/secret.ts';
import { ApprovalDesk } from '../../../src/domain/approvals/approval-desk.ts';
import { approvalsSchema, maskFor } from '../../../src/domain/approvals/approval-settings.ts';
import type { ApprovalRequest, HeldAnswer } from '../../../src/domain/approvals/approvals.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';
import { guardrailsSchema } from '../../../src/guardrails/settings.ts';
import type { AuditLog, Entry } from '../../../src/ports/audit-log.ts';
import type { Notice } from '../../../src/ports/notifier.ts';
import type { Store } from '../../../src/ports/store.ts';
import { openUnhurriedLog } from '../../support/audit.ts';
import { ownClock } from '../../support/own-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-desk-'));
const settings = approvalsSchema.parse({ pendingPerUserMax: 5, askedPerMinuteMax: 8 });
const seal = createSeal({ present: new Secret('the secret of a house, long enough') });
const mask = maskFor(settings, guardrailsSchema.parse({}));
const signal = new AbortController().signal;
const grace = { user: 'grace', credential: 'k00000000002' };

let auditLog: AuditLog;
let store: Store;
const entries: Entry[] = [];
let now = Date.now();
const clock = { now: () => now };
let told: Notice[] = [];
const notifier = {
  receivers: 1,
  notify: (notice: Notice) => told.push(notice) > 0,
  close: () => Promise.resolve(),
};
/** Two processes, as far as they can be told apart: each has its own waiters. */
let here: ApprovalDesk;
let elsewhere: ApprovalDesk;
let count = 0;

beforeAll(async () => {
  const keys = { chainKey: randomBytes(32), checkpointKey: randomBytes(32) };
  auditLog = await openUnhurriedLog({ dir: join(folder, 'audit'), ...keys });
  auditLog.follow((more) => entries.push(...more));
  store = openSqliteStore({ file: join(folder, 'store.db') });
  await store.open();
});
afterAll(async () => {
  await auditLog.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  told = [];
  now += 3_600_000;
  count += 1;
  const options = { store: store.approvals, auditLog, seal, clock, settings, mask };
  here = new ApprovalDesk({ ...options, notifier });
  elsewhere = new ApprovalDesk(options);
});

/** A user of the test's own. */
const question = (more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  user: `ada${count}`,
  credential: 'k00000000001',
  tool: 'send_email',
  arguments: '{"to":"ada@example.com","text":"hello"}',
  exchange: 'exchange-1',
  policyVersion: '0123456789abcdef',
  ...more,
});
const answer: HeldAnswer = {
  status: 200,
  contentType: 'application/json',
  headers: { 'openai-processing-ms': '7' },
  body: Buffer.from([0x7b, 0x0a, 0x00, 0xff, 0x7d]),
  operation: 'chat.completions.create',
  model: 'gpt-4o-mini',
};
const user = () => ({ user: `ada${count}`, requestDigest: 'digest of the request' });

async function approve(id: string, state: 'approved' | 'denied' = 'approved', desk = here): Promise<void> {
  const record = await desk.find(id);
  desk.checkDecision(record, grace, record.seen);
  await desk.decide(record, grace, { state });
}
const stepsOf = (id: string) =>
  entries.filter(({ resource }) => resource === id).map(({ action, status }) => `${action} ${status}`);

describe('asking', () => {
  test('tools of one name at two places are two questions', async () => {
    const { id } = await here.ask(question({ place: 'mail' }));
    expect((await here.ask(question({ place: 'post' }))).isShared).toBe(false);
    await approve(id);
    expect(await here.take(id, question({ place: 'post' }))).toBe(false);
    expect(await here.take(id, question({ place: 'mail' }))).toBe(true);
  });

  test('what is asked is seen by people, sealed in the store, and told to the team without arguments', async () => {
    const { id, isShared, expiresAt } = await here.ask(question());
    expect({ isShared, expiresAt }).toEqual({ isShared: false, expiresAt: now + 900_000 });
    const record = await here.find(id);
    expect(Buffer.from(record.shown, 'base64').toString('latin1')).not.toContain('hello');
    const { text } = elsewhere.contentOf(record);
    expect(text).toContain('"text": "hello"');
    expect(text).not.toContain('ada@example.com');
    await expect.poll(() => told).toHaveLength(1);
    expect(told[0]).toEqual({
      kind: 'approval.asked',
      text: `ada${count} waits for the approval of a call of send_email`,
      path: `/console/approvals#${id}`,
      id,
    });
    await expect
      .poll(() => stepsOf(id))
      .toEqual([
        'approval.asked pending',
        'approval.asked success',
        'approval.notified pending',
        'approval.notified success',
      ]);
    const [entry] = entries.filter(({ resource }) => resource === id);
    expect(entry?.metadata).toMatchObject({ seen: record.seen, tool: 'send_email', exchange: 'exchange-1' });
    expect(JSON.stringify(entries)).not.toMatch(/hello|ada@example/);
  });

  test('no name of a tool is a link in what the team is told', async () => {
    await here.ask(question({ tool: 'https://example.com/approve' }));
    await expect.poll(() => told[0]?.text).toMatch(/a call of a tool whose name only the page shows$/);
  });

  test('the same question is one approval while it is pending, and another afterwards', async () => {
    const first = await here.ask(question());
    const again = await elsewhere.ask(
      question({ arguments: '{"text":"hello", "to":"ada@example.com"}', exchange: 'exchange-2' }),
    );
    expect(again).toEqual({ ...first, isShared: true });
    await approve(first.id, 'denied');
    expect((await here.ask(question())).id).not.toBe(first.id);
  });

  test('a question that was over and that nobody looked at stands in nobody’s way', async () => {
    const first = await here.ask(question());
    now += 900_000;
    const { id, isShared } = await here.ask(question());
    expect(id).not.toBe(first.id);
    expect(isShared).toBe(false);
    expect((await here.find(first.id)).state).toBe('expired');
  });

  test('no user asks too much: refused, and on record', async () => {
    const ask = (n: number, who = question()) => here.ask({ ...who, arguments: `[${n}]` });
    for (let n = 0; n < 5; n++) await ask(n);
    await expect(ask(5)).rejects.toMatchObject({ code: 'rate.approvals', status: 429 });
    await ask(5, question({ user: `bob${count}` }));
    const { id } = await ask(0);
    await approve(id, 'denied');
    await ask(5);
    now += 61_000;
    await expect(ask(6)).rejects.toMatchObject({ code: 'rate.approvals' });
    await expect.poll(() => entries.some(({ metadata }) => metadata['code'] === 'rate.approvals')).toBe(true);
  });

  test('what cannot be put on record is not asked', async () => {
    const broken = new ApprovalDesk({
      store: store.approvals,
      seal,
      clock,
      settings,
      mask,
      auditLog: { record: () => Promise.reject(new Error('the disk is away')), note: () => {} },
    });
    await expect(broken.ask(question())).rejects.toThrow('the disk is away');
    expect(await store.approvals.list({ user: `ada${count}`, limit: 9, at: now })).toEqual([]);
  });
});

describe('reading', () => {
  test('what is over is expired at once, whether or not somebody has written so', async () => {
    const { id, expiresAt } = await here.ask(question());
    now = expiresAt - 1;
    expect((await elsewhere.find(id)).state).toBe('pending');
    now = expiresAt;
    const shown = await elsewhere.find(id);
    expect(shown.state).toBe('expired');
    expect(() => elsewhere.checkDecision(shown, grace, shown.seen)).toThrow('approval.decided');
    const ids = async (state: 'pending' | 'expired') =>
      (await elsewhere.list({ state, user: `ada${count}`, limit: 9 })).map((each) => each.id);
    expect(await ids('pending')).toEqual([]);
    expect(await ids('expired')).toEqual([id]);
    expect((await store.approvals.get(id))?.state).toBe('pending');
    await here.sweep();
    expect(stepsOf(id)).toContain('approval.expired success');
  });
});

describe('deciding', () => {
  test('I51: nobody decides what they called for, by name or by credential', async () => {
    const { id } = await here.ask(question());
    const record = await here.find(id);
    const own = { user: record.user, credential: 'admin-key' };
    const sameKey = { user: 'grace', credential: record.credential };
    for (const who of [own, sameKey])
      expect(() => here.checkDecision(record, who, undefined)).toThrow(
        expect.objectContaining({ code: 'approval.own', status: 403 }),
      );
    expect(() => here.checkDecision(record, grace, undefined)).not.toThrow();
  });

  test('what was seen is what is decided; decided is decided; over is over', async () => {
    const { id } = await here.ask(question());
    const record = await here.find(id);
    const check = (seen?: string) => () => here.checkDecision(record, grace, seen);
    expect(check('0'.repeat(64))).toThrow(expect.objectContaining({ code: 'approval.seen' }));
    expect(check(record.seen)).not.toThrow();
    await elsewhere.decide(record, grace, { state: 'denied', note: 'not today' });
    await expect(here.decide(record, grace, { state: 'approved' })).rejects.toMatchObject({
      code: 'approval.decided',
    });
    const decided = await here.find(id);
    expect(decided).toMatchObject({ state: 'denied', decidedBy: 'grace' });
    expect(here.contentOf(decided).note).toBe('not today');
    expect(decided.note).not.toContain('not today');
    const late = await here.find((await here.ask(question())).id);
    now += 900_000;
    expect(() => here.checkDecision(late, grace, undefined)).toThrow(
      expect.objectContaining({ code: 'approval.decided' }),
    );
  });
});

describe('waiting', () => {
  test('is over at once in the same process, and within half a second in another', async () => {
    const asked = await here.ask(question());
    const waits = [here.wait(asked, signal), elsewhere.wait(asked, signal)];
    const clock = ownClock();
    await approve(asked.id);
    expect(await Promise.race(waits)).toBe('approved');
    expect(await Promise.all(waits)).toEqual(['approved', 'approved']);
    expect(clock.stop()).toBeLessThan(1000);
  });

  test('ends with the time, with the last who asked, and with its signal', async () => {
    const soon = await here.ask(question({ expiresAt: now + 300 }));
    const wait = here.wait(soon, signal);
    now += 300;
    expect(await wait).toBe('expired');
    expect((await here.find(soon.id)).state).toBe('expired');

    const left = await here.ask(question());
    await elsewhere.ask(question());
    const waiting = elsewhere.wait(left, signal);
    await here.withdraw(left.id);
    expect((await here.find(left.id)).state).toBe('pending');
    await here.withdraw(left.id);
    expect(await waiting).toBe('withdrawn');
    await here.withdraw(left.id);

    const asked = await here.ask(question());
    const gone = new AbortController();
    const aborted = here.wait(asked, gone.signal);
    gone.abort(new Error('the caller left'));
    await expect(aborted).rejects.toThrow('the caller left');
    await expect(here.wait(asked, gone.signal)).rejects.toThrow('the caller left');
  });
});

describe('using', () => {
  test('once, for that very call, however often it is tried', async () => {
    const call = question();
    const { id } = await here.ask(call);
    expect(await here.take(id, call)).toBe(false);
    await approve(id);
    const others = [
      { user: 'bob' },
      { tool: 'make_purchase' },
      { arguments: '{"to":"eve@example.com","text":"hello"}' },
      { policyVersion: 'fedcba9876543210' },
    ];
    for (const other of others) expect(await elsewhere.take(id, { ...call, ...other })).toBe(false);
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (n % 2 ? here : elsewhere).take(id, call)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await here.take('no such id', call)).toBe(false);
    await expect.poll(() => stepsOf(id).filter((step) => step === 'approval.used success')).toHaveLength(1);
  });

  test('in time: from the decision on, and no longer', async () => {
    const call = question();
    const { id } = await here.ask(call);
    now += 899_000;
    await approve(id);
    now += 899_000;
    expect(await here.take(id, { ...call, user: 'bob' })).toBe(false);
    now += 1000;
    expect(await here.take(id, call)).toBe(false);
  });
});

async function parkedFor(...all: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const args of all) ids.push((await here.ask(question({ arguments: args }))).id);
  await here.park(ids, answer, user());
  return ids;
}

const may = () => undefined;
const notThis = (held: HeldAnswer): void => {
  throw new Error(`not ${held.operation} ${held.model}`);
};

describe('a parked answer', () => {
  const version = '0123456789abcdef';

  test('is handed out byte for byte, once, when all it needs is approved', async () => {
    const [one = '', two = ''] = await parkedFor('[1]', '[2]');
    const claim = (by = { approval: one }, desk = elsewhere) => desk.claim(user(), by, version, may);
    expect(await claim()).toMatchObject({ outcome: 'pending' });
    await approve(one);
    expect(await claim({ approval: two })).toEqual({ outcome: 'pending', id: two });
    await approve(two);
    expect(await here.claim({ user: 'bob' }, { approval: one }, version, may)).toEqual({
      outcome: 'unknown',
    });
    const claims = await Promise.all([claim(), claim({ approval: two }, here), claim()]);
    const released = claims.filter(({ outcome }) => outcome === 'released');
    expect(released).toEqual([{ outcome: 'released', id: one, answer }]);
    expect(await claim()).toEqual({ outcome: 'used', id: one });
    expect(await here.take(one, question({ arguments: '[1]' }))).toBe(false);
    await expect.poll(() => stepsOf(one)).toContain('approval.released success');
  });

  test('is given to the same request again; another user’s finds nothing', async () => {
    const [id = ''] = await parkedFor('[3]');
    await approve(id);
    const by = { requestDigest: user().requestDigest };
    expect(await here.claim({ user: 'bob' }, by, version, may)).toEqual({ outcome: 'unknown' });
    expect(await here.claim(user(), by, version, may)).toEqual({
      outcome: 'released',
      id,
      answer,
    });
    expect(await here.claim(user(), by, version, may)).toEqual({
      outcome: 'unknown',
    });
  });

  test('waits on where whoever claims it may not have it', async () => {
    const [id = ''] = await parkedFor('[5]');
    await approve(id);
    const claim = (check: (held: HeldAnswer) => void) => here.claim(user(), { approval: id }, version, check);
    await expect(claim(notThis)).rejects.toThrow('not chat.completions.create gpt-4o-mini');
    expect(await claim(may)).toEqual({ outcome: 'released', id, answer });
  });

  test.each(['denied', 'expired', 'rules'] as const)('is gone where it was not approved: %s', async (how) => {
    const [id = ''] = await parkedFor('[4]');
    if (how === 'denied') await approve(id, 'denied');
    if (how === 'rules') await approve(id);
    if (how === 'expired') now += 900_000;
    const claimed = await here.claim(user(), { approval: id }, how === 'rules' ? 'other' : version, may);
    expect(claimed).toEqual({ outcome: how === 'denied' ? 'denied' : 'expired', id });
    expect(await store.approvals.findParked(user().user, { approval: id })).toBeUndefined();
  });

  test('is not kept without an approval of its user’s, nor beyond a size', async () => {
    const { id } = await here.ask(question());
    await expect(here.park([id], answer, { ...user(), user: 'bob' })).rejects.toMatchObject({
      code: 'access.not_found',
    });
    await expect(here.park([], answer, user())).rejects.toMatchObject({ code: 'access.not_found' });
    const large = { ...answer, body: Buffer.alloc(4_194_305) };
    await expect(here.park([id], large, user())).rejects.toMatchObject({ code: 'upstream.overran' });
    expect(await here.claim(user(), { approval: "' or 1=1 --" }, version, may)).toEqual({
      outcome: 'unknown',
    });
  });
});

test('what is over ends by itself, and is deleted in time, but of who is held', async () => {
  const { id } = await here.ask(question());
  await here.park([id], answer, user());
  now += 900_000;
  await here.sweep();
  now += 900_001;
  await here.prune(86_400_000, async () => []);
  expect(await store.approvals.findParked(user().user, { approval: id })).toBeUndefined();
  now += 86_400_000;
  await here.prune(86_400_000, async () => [user().user]);
  expect((await here.find(id)).state).toBe('expired');
  await here.prune(86_400_000, async () => []);
  await expect(here.find(id)).rejects.toMatchObject({ code: 'access.not_found' });
});
