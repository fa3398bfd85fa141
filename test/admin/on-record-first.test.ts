/**
 * I9: nothing an administrator does takes effect before the disk has its entry. Seen red with `run` before
 * `record` in perform.ts.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAdminHouse } from '../support/admin-house.ts';
import { DiskError, FaultyDisk } from '../support/faulty-disk.ts';

let disk: FaultyDisk;
let house: Awaited<ReturnType<typeof startAdminHouse>>;
beforeEach(async () => {
  disk = new FaultyDisk();
  house = await startAdminHouse(disk);
});
afterEach(async () => {
  disk.fault = () => {};
  await house.close();
});

const wanted = { user: 'ada', tier: 'pro', role: 'user' };
const actions = (id: string): [string, string, object | undefined][] => [
  ['POST', '/admin/keys', wanted],
  ['POST', `/admin/keys/${id}/rotate`, { overlapSeconds: 60 }],
  ['DELETE', `/admin/keys/${id}`, undefined],
];

test('while the disk is silent nothing has happened; when it has spoken, it has', async () => {
  const { body: made } = await house.call('POST', '/admin/keys', wanted);
  for (const [method, path, body] of actions(made.id)) {
    const before = await house.deps.keys.list();
    const asked = Promise.withResolvers<void>();
    const spoken = Promise.withResolvers<void>();
    disk.fault = (call) => {
      if (call !== 'datasync') return undefined;
      asked.resolve();
      return spoken.promise;
    };
    const answer = house.call(method, path, body);
    await asked.promise;
    expect(await house.deps.keys.list()).toEqual(before);
    disk.fault = () => {};
    spoken.resolve();
    expect((await answer).status).toBeLessThan(300);
    expect(await house.deps.keys.list()).not.toEqual(before);
  }
});

test('with a disk that fails nothing happens: 503, also for what would be refused', async () => {
  const { body: made } = await house.call('POST', '/admin/keys', wanted);
  const before = await house.deps.keys.list();
  disk.fault = (call) => {
    if (call === 'append' || call === 'datasync' || call === 'create') throw new DiskError('ENOSPC');
  };
  const more: [string, string, object | undefined][] = [
    ['GET', '/admin/keys', undefined],
    ['POST', '/admin/keys', { ...wanted, unknown: 1 }],
  ];
  for (const [method, path, body] of [...actions(made.id), ...more]) {
    const answer = await house.call(method, path, body);
    expect([answer.status, answer.headers.get('x-sallyport-code')]).toEqual([503, 'audit.unavailable']);
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  expect(disk.injected).toBeGreaterThan(0);
  expect(await house.deps.keys.list()).toEqual(before);
  expect(await house.deps.keys.verify(made.key)).toBeDefined();

  disk.fault = () => {};
  await expect.poll(async () => (await house.call('DELETE', `/admin/keys/${made.id}`)).status).toBe(200);
  expect(await house.deps.keys.verify(made.key)).toBeUndefined();
});
