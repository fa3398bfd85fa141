/**
 * Approvals through the operators' door. Shown false, each by its case: by a permission of `view_logs`, by deciding
 * before the record, by a view that gives the text without its marks, by a decision that does not look at `seen`, and
 * by one that does not ask whom the call was for.
 */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../src/domain/approvals/approvals.ts';
import { type Answer, startAdminHouse } from '../support/admin-house.ts';

type House = Awaited<ReturnType<typeof startAdminHouse>>;
let house: House;
/** Keys by role; the caller's own is an administrator's too. */
const keys = { grace: '', dev: '', ada: '' };

beforeAll(async () => {
  house = await startAdminHouse();
  for (const [user, role] of [
    ['grace', 'admin'],
    ['dev', 'developer'],
    ['ada', 'admin'],
  ] as const)
    keys[user] = (await house.call('POST', '/admin/keys', { user, tier: 'pro', role })).body.key;
});
afterAll(() => house.close());

let count = 0;
const question = (more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  user: 'ada',
  credential: 'k00000000001',
  tool: 'send_email',
  arguments: `{"text":"cats\\u202e${(count += 1)}"}`,
  exchange: 'exchange-1',
  policyVersion: '0123456789abcdef',
  ...more,
});
const ask = async (more: Partial<ApprovalRequest> = {}) =>
  (await house.deps.approvals.ask(question(more))).id;
const codeOf = (answer: Answer) => answer.headers.get('x-sallyport-code');
const decide = (id: string, body: object, key?: string) =>
  house.call('POST', `/admin/approvals/${id}`, body, key);
const recorded = (resource: string, prefix = 'admin.') =>
  house.onDisk().filter((entry) => entry.resource === resource && entry.action.startsWith(prefix));

test('listed, the newest first, by state; without arguments', async () => {
  const ids = [await ask(), await ask({ tool: 'p\u0430y' })];
  const { status, body } = await house.call('GET', '/admin/approvals?state=pending&limit=2');
  expect(status).toBe(200);
  expect(body.data.map((each: { id: string }) => each.id)).toEqual(ids.toReversed());
  expect(body.data[0]).toMatchObject({ state: 'pending', user: 'ada', tool: 'p⟦U+0430 like a⟧y' });
  expect(JSON.stringify(body)).not.toContain('cats');
  expect((await house.call('GET', '/admin/approvals?state=used')).body.data).toEqual([]);
  expect(codeOf(await house.call('GET', '/admin/approvals?state=open'))).toBe('request.invalid_field');
});

test('seen: the text, marked, with the digest that is on record', async () => {
  const id = await ask();
  const { body } = await house.call('GET', `/admin/approvals/${id}`);
  expect(body.text).toContain('⟦U+202E⟧');
  expect(body.text).not.toContain('\u202e');
  expect(body.seen).toBe(hash('sha256', body.text));
  const [viewed] = recorded(id);
  expect(viewed).toMatchObject({ action: 'admin.approval.view', metadata: { seen: body.seen } });
  expect(codeOf(await house.call('GET', '/admin/approvals/none'))).toBe('access.not_found');
});

test('decided, once; the decision is on record before it holds, with what was seen', async () => {
  const id = await ask();
  const { body } = await house.call('GET', `/admin/approvals/${id}`);
  const denied = await decide(id, { decision: 'deny', note: 'not on a Friday', seen: body.seen });
  expect(denied.status).toBe(200);
  expect(denied.body).toMatchObject({ id, state: 'denied', decidedBy: 'admin' });
  const again = await decide(id, { decision: 'approve' });
  expect([again.status, codeOf(again)]).toEqual([400, 'approval.decided']);
  expect((await house.call('GET', `/admin/approvals/${id}`)).body).toMatchObject({
    state: 'denied',
    note: 'not on a Friday',
  });
  const steps = recorded(id, 'admin.approval.decide');
  expect(steps.map(({ status }) => status)).toEqual(['pending', 'success', 'failure']);
  expect(steps[0]?.metadata['approval']).toMatchObject({
    decision: 'deny',
    caller: 'ada',
    tool: 'send_email',
    seen: body.seen,
    confirmed: true,
    noteChars: 15,
  });
  expect(JSON.stringify(house.onDisk())).not.toMatch(/Friday|cats/);
});

test('what was not seen is not decided', async () => {
  const id = await ask();
  const other = await decide(id, { decision: 'approve', seen: '0'.repeat(64) });
  expect([other.status, codeOf(other)]).toEqual([400, 'approval.seen']);
  for (const body of [
    {},
    { decision: 'maybe' },
    { decision: 'approve', seen: 'x' },
    { decision: 'approve', by: 1 },
  ])
    expect((await decide(id, body)).status).toBe(400);
  expect((await house.call('GET', `/admin/approvals/${id}`)).body.state).toBe('pending');
});

test('I51: by an administrator other than who called', async () => {
  const id = await ask();
  const own = await decide(id, { decision: 'approve' }, keys.ada);
  expect([own.status, codeOf(own)]).toEqual([403, 'approval.own']);
  for (const path of ['/admin/approvals', `/admin/approvals/${id}`])
    expect(codeOf(await house.call('GET', path, undefined, keys.dev))).toBe('access.permission');
  expect(codeOf(await decide(id, { decision: 'approve' }, keys.dev))).toBe('access.permission');
  const admins = await ask({ user: 'admin' });
  expect(codeOf(await decide(admins, { decision: 'approve' }))).toBe('approval.own');
  expect(recorded(id, 'admin.approval.decide').map(({ status }) => status)).toEqual(['failure', 'failure']);
  expect((await decide(id, { decision: 'approve' }, keys.grace)).body).toMatchObject({
    state: 'approved',
    decidedBy: 'grace',
  });
});

test('I51: no GET decides', async () => {
  const id = await ask();
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH']) {
    for (const path of [`/admin/approvals/${id}?decision=approve`, `/admin/approvals/${id}/approve`]) {
      const headers = { authorization: `Bearer ${keys.grace}`, 'x-http-method-override': 'POST' };
      const { status } = await house.send(method, path, { headers }).catch(() => ({ status: 0 }));
      expect(status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    }
  }
  expect((await house.call('GET', `/admin/approvals/${id}`)).body.state).toBe('pending');
});

test('I51: not by whom the application called for, under the name that the house knows', async () => {
  const named = { user: 'ada', endUser: 'grace' };
  const { endUser } = (await house.call('POST', '/admin/end-users/digest', named)).body;
  const id = await ask({ endUser });
  expect(codeOf(await decide(id, { decision: 'approve' }, keys.grace))).toBe('approval.own');
  expect((await decide(id, { decision: 'approve' })).status).toBe(200);
});
