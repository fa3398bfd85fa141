/**
 * Objects through the operators' door and its command.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runObjects } from '../../src/admin/object-commands.ts';
import { OBJECT_KINDS } from '../../src/domain/objects/adopted-objects.ts';
import { kindOfId } from '../../src/openai/object-ids.ts';
import { ADMIN_KEY, type Answer, startAdminHouse } from '../support/admin-house.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
beforeAll(async () => {
  house = await startAdminHouse();
});
afterAll(() => house.close());

const adopt = (body: object, key?: string) => house.call('POST', '/admin/objects/adopt', body, key);
const list = async (query: string) => (await house.call('GET', `/admin/objects?${query}`)).body.data;
const ids = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id).toSorted();
const codeOf = (answer: Answer) => answer.headers.get('x-sallyport-code');

test('adopted: on record first, listed with what they are, and never taken from who has them', async () => {
  const given = { user: 'ada', team: 'red', ids: ['file-1', 'pmpt_1', 'ft:gpt-6:acme::1', 'odd.1'] };
  expect((await adopt(given)).body).toEqual({ adopted: given.ids, taken: [] });
  expect((await adopt(given)).body).toEqual({ adopted: given.ids, taken: [] });
  expect((await adopt({ user: 'bob', ids: ['file-1', 'vs_1'] })).body).toEqual({
    adopted: ['vs_1'],
    taken: ['file-1'],
  });
  expect(ids(await list('user=ada'))).toEqual(given.ids.toSorted());
  expect(ids(await list('team=red&kind=prompt'))).toEqual(['pmpt_1']);
  expect(await list('user=bob')).toMatchObject([{ id: 'vs_1', kind: 'vector_store', user: 'bob' }]);
  expect(await list('user=ada&limit=1')).toHaveLength(1);
  const [first] = house.onDisk().filter(({ action }) => action === 'admin.object.adopt');
  expect(first).toMatchObject({
    status: 'pending',
    resource: 'ada',
    metadata: { objects: { team: 'red', ids: given.ids } },
  });
});

test.each([
  ['no ids', { user: 'ada', ids: [] }],
  ['too many', { user: 'ada', ids: Array.from({ length: 101 }, (_, at) => `file-${at}`) }],
  ['a key', { user: 'ada', ids: [`sk-proj-${'fakefakefake'.repeat(4)}`] }],
  ['no id at all', { user: 'ada', ids: ['a b'] }],
  ['nobody', { user: 'system', ids: ['file-9'] }],
])('refused: %s', async (_, body) => {
  expect(codeOf(await adopt(body))).toBe('request.invalid_field');
});

test('without a user or team nothing is listed', async () => {
  expect(codeOf(await house.call('GET', '/admin/objects'))).toBe('request.invalid_field');
  expect(codeOf(await house.call('GET', '/admin/objects?user=ada&kind=cat'))).toBe('request.invalid_field');
});

test('who may: administrators alone', async () => {
  for (const role of ['user', 'developer', 'admin']) {
    const made = await house.call('POST', '/admin/keys', { user: `u-${role}`, tier: 'pro', role });
    const key: string = made.body.key;
    const expected = role === 'admin' ? null : 'access.permission';
    expect(codeOf(await adopt({ user: 'eve', ids: [`file-${role}`] }, key))).toBe(expected);
    expect(codeOf(await house.call('GET', '/admin/objects?user=eve', undefined, key))).toBe(expected);
  }
  expect(ids(await list('user=eve'))).toEqual(['file-admin']);
});

test('what an id is of is told by how it begins', () => {
  expect(['resp_1', 'vsfb_1', 'vs_1', 'evalrun_1', 'eval_1'].map(kindOfId)).toEqual([
    'response',
    'vector_store_file_batch',
    'vector_store',
    'eval_run',
    'eval',
  ]);
  expect(kindOfId('obj')).toBeUndefined();
  expect(OBJECT_KINDS.length).toBeGreaterThan(20);
});

test('the command adopts as many as are named, a hundred at a time', async () => {
  const env = {
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: new URL(house.url).port,
    SALLYPORT_ADMIN_KEY: ADMIN_KEY,
  };
  let out = '';
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text)))),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    const many = Array.from({ length: 150 }, (_, at) => `skill_${at}`);
    expect(await runObjects(['adopt', '--user', 'zoe', ...many], env)).toBe(0);
    expect(JSON.parse(out)).toEqual({ adopted: many, taken: [] });
    out = '';
    expect(await runObjects(['list', '--user', 'zoe', '--kind', 'skill', '--limit', '500'], env)).toBe(0);
    expect(JSON.parse(out).data).toHaveLength(150);
    for (const args of [['adopt', 'file-1'], ['adopt', '--user', 'zoe'], ['drop'], []])
      expect(await runObjects(args, env)).toBe(2);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
