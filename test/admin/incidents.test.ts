/**
 * Incidents through the operators' door and the command. Shown false, each by its case: by a permission of `view_logs` to
 * change, by notes that are not sealed, by a state that goes back. That the record comes first: on-record-first.test.ts.
 */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runIncidents } from '../../src/admin/incident-commands.ts';
import { type Answer, startAdminHouse } from '../support/admin-house.ts';

type House = Awaited<ReturnType<typeof startAdminHouse>>;
let house: House;
const keys = { admin: '', developer: '', user: '' };

beforeAll(async () => {
  house = await startAdminHouse();
  for (const role of ['admin', 'developer', 'user'] as const)
    keys[role] = (await house.call('POST', '/admin/keys', { user: `a-${role}`, tier: 'pro', role })).body.key;
});
afterAll(() => house.close());

const codeOf = (answer: Answer) => answer.headers.get('x-sallyport-code');
const open = async (more: object = {}) =>
  (await house.call('POST', '/admin/incidents', { note: 'seen by ada@example.com', ...more })).body.id;
const change = (id: string, body: object, key?: string) =>
  house.call('POST', `/admin/incidents/${id}`, body, key);

test('opened by a person, found by what it is about, on record without its words', async () => {
  const { status, body } = await house.call('POST', '/admin/incidents', {
    note: 'seen by ada@example.com',
    severity: 'high',
    key: 'k00000000001',
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    rule: 'person',
    key: 'k00000000001',
    state: 'detected',
    openedBy: 'admin',
    notes: 1,
  });
  const found = async (query: string) =>
    (await house.call('GET', `/admin/incidents?${query}`)).body.data.length;
  expect(await found('key=k00000000001&severity=high&open=true')).toBe(1);
  expect(await found('user=k00000000001')).toBe(0);
  expect(await found('state=documented')).toBe(0);
  for (const query of ['state=over', 'user=ada&key=k00000000001'])
    expect(codeOf(await house.call('GET', `/admin/incidents?${query}`))).toBe('request.invalid_field');
  const seen = await house.call('GET', `/admin/incidents/${body.id}`);
  expect(seen.body.notes).toMatchObject([{ by: 'admin', text: 'seen by ada@example.com' }]);
  const entries = house.onDisk().filter(({ resource }) => resource === body.id);
  expect(entries.map(({ action, status: how }) => `${action} ${how}`).slice(0, 2)).toEqual([
    'admin.incident.open pending',
    'admin.incident.open success',
  ]);
  expect(JSON.stringify(house.onDisk())).not.toContain('ada@example.com');
});

test('notes are sealed in the store', async () => {
  await open();
  const database = new DatabaseSync(join(house.auditDir, '..', 'store.db'), { readOnly: true });
  const rows = JSON.stringify(database.prepare('select record from sallyport_incidents').all());
  database.close();
  expect(rows.length).toBeGreaterThan(100);
  expect(rows).not.toContain('ada@');
});

test('who reads logs reads, who manages users changes, others neither', async () => {
  const id = await open();
  for (const path of ['', `/${id}`, `/${id}/evidence`, `/${id}/postmortem`]) {
    expect((await house.call('GET', `/admin/incidents${path}`, undefined, keys.developer)).status).toBe(200);
    expect((await house.call('GET', `/admin/incidents${path}`, undefined, keys.user)).status).toBe(403);
  }
  expect((await change(id, { note: 'x' }, keys.developer)).status).toBe(403);
  expect((await house.call('POST', '/admin/incidents', { note: 'x' }, keys.developer)).status).toBe(403);
  expect((await change(id, { note: 'x' }, keys.admin)).body).toMatchObject({ notes: 2 });
});

test('forward alone, and what is not known changes nothing', async () => {
  const id = await open();
  expect((await change(id, { state: 'recovered', note: 'done' })).body).toMatchObject({ state: 'recovered' });
  for (const body of [
    { state: 'investigating' },
    { state: 'recovered' },
    { state: 'gone' },
    {},
    { undo: false },
    { note: '' },
    { note: 'x'.repeat(4001) },
  ])
    expect([body, (await change(id, body)).status]).toEqual([body, 400]);
  expect((await change(id, { state: 'documented' })).body.closedAt).toMatch(/^20/);
  expect((await change('00000000-0000-4000-8000-000000000000', { note: 'x' })).status).toBe(404);
  const seen = (await house.call('GET', `/admin/incidents/${id}`)).body;
  expect(seen.steps.map(({ state }: { state: string }) => state)).toEqual([
    'detected',
    'recovered',
    'documented',
  ]);
});

test('no more than 200 notes', async () => {
  const id = await open();
  const all = await Promise.all(Array.from({ length: 3 }, () => change(id, { note: 'at once' })));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
  for (let notes = 4; notes < 200; notes++) await house.deps.incidents.change(id, 'admin', { note: 'again' });
  expect(codeOf(await change(id, { note: 'one more' }))).toBe('request.too_complex');
});

test('the command lists, shows, notes, closes', async () => {
  const id = await open({ user: 'ada' });
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const api = {
    call: async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => {
      const answer = await house.send(method, path, {
        headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return answer.body;
    },
  };
  try {
    const ran = (...args: string[]) => runIncidents(args, {}, api);
    expect(await ran('list', '--user', 'ada', '--open', 'true')).toBe(0);
    expect(await ran('note', id, 'called back')).toBe(0);
    expect(await ran('close', id, '--note', 'over')).toBe(0);
    expect(await ran('show', id)).toBe(0);
    for (const wrong of [[], ['show'], ['note', id], ['close'], ['drop', id]])
      expect(await ran(...wrong)).toBe(2);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  const text = written.join('');
  expect(text).toContain('called back');
  expect(text).toContain('"state": "documented"');
});
