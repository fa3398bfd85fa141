/**
 * Charges over the admin API and as a command, against what was put on record here. Shown false by a plan that forgets the
 * team (its administrator saw the other's row), and by an answer that is JSON whatever format was asked for.
 */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runCharges } from '../../src/admin/charge-commands.ts';
import { remoteAdminApi } from '../../src/admin/client.ts';
import { directAdminApi } from '../../src/admin/direct-client.ts';
import { ADMIN_KEY, startAdminHouse } from '../support/admin-house.ts';
import { until } from '../support/until.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
let red = '';
const TODAY = new Date().toISOString().slice(0, 10);

function spent(userId: string, team: string | undefined, model: string, settledNano: number): void {
  const names = { exchange: userId, credential: `k-${userId}`, team, model, day: TODAY };
  house.deps.auditLog.note({
    userId,
    action: 'exchange.outcome',
    resource: 'chat.completions.create',
    status: 'success',
    metadata: { ...names, outcome: 'completed', settledTokens: 10, settledNano },
  });
}
const query = (more = '', by?: string) =>
  house.call('GET', `/admin/charges?from=${TODAY}${more}`, undefined, by);

beforeAll(async () => {
  house = await startAdminHouse();
  const admin = { tier: 'pro', role: 'admin', team: 'red', administers: 'team' };
  red = (await house.call('POST', '/admin/keys', { user: 'ruth', ...admin })).body.key;
  spent('rob', 'red', 'gpt-5', 100_000_001);
  spent('rob', 'red', 'gpt-4o', 200_000_000);
  spent('bea', 'blue', 'gpt-5', 1_000_000_000);
  spent('-una', undefined, 'gpt-5', 0);
  await until(query, ({ body }) => body.total.calls === 4);
});
afterAll(() => house.close());
afterEach(() => vi.restoreAllMocks());

test('by team, the dearest first, to the last nano-dollar, and on record before it is told', async () => {
  const { status, body } = await query();
  expect(status).toBe(200);
  expect(body.data).toEqual([
    { team: 'blue', calls: 1, tokens: 10, usd: '1' },
    { team: 'red', calls: 2, tokens: 20, usd: '0.300000001' },
    { calls: 1, tokens: 10, usd: '0' },
  ]);
  expect(body.total).toEqual({ calls: 4, tokens: 40, usd: '1.300000001' });
  expect(body.from).toBe(`${TODAY}T00:00:00.000Z`);
  const viewed = house.onDisk().filter(({ action }) => action === 'admin.charges.view');
  expect(viewed.at(-1)).toMatchObject({ resource: 'charges', status: 'pending', metadata: { by: 'team' } });
});

test('as CSV by whatever is asked for, and no name is a formula', async () => {
  const { headers, text } = await query('&by=model,team,user,key,day&format=csv');
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(text.split('\r\n')).toEqual([
    'team,user,key,model,day,calls,tokens,usd',
    `blue,bea,k-bea,gpt-5,${TODAY},1,10,1`,
    `red,rob,k-rob,gpt-4o,${TODAY},1,10,0.2`,
    `red,rob,k-rob,gpt-5,${TODAY},1,10,0.100000001`,
    `,'-una,k--una,gpt-5,${TODAY},1,10,0`,
    '',
  ]);
});

test('the administrator of a team sees the team’s alone; who may not see money nothing', async () => {
  const { body } = await query('&by=team,user', red);
  expect(body.data).toEqual([{ team: 'red', user: 'rob', calls: 2, tokens: 20, usd: '0.300000001' }]);
  expect(body.total.calls).toBe(2);
  const wanted = { user: 'dev', tier: 'pro', role: 'developer' };
  const { key } = (await house.call('POST', '/admin/keys', wanted)).body;
  expect((await query('', key)).headers.get('x-sallyport-code')).toBe('access.permission');
});

test.each([
  '&to=2020-01-01',
  `&to=${TODAY}`,
  '&to=2999-01-01',
  '&by=team,secret',
  '&by=',
  '&format=xml',
  '&team=blue',
])('refused: %s', async (more) => {
  expect((await query(more)).status).toBe(400);
});

test('the command prints what the API says, with a gateway and without one', async () => {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const env = {
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: new URL(house.url).port,
    SALLYPORT_ADMIN_KEY: ADMIN_KEY,
  };
  for (const api of [remoteAdminApi(env), directAdminApi(house.deps)]) {
    out = '';
    expect(await runCharges(['--from', TODAY, '--by', 'model', '--format', 'csv'], api)).toBe(0);
    expect(out).toBe('model,calls,tokens,usd\r\ngpt-5,3,30,1.100000001\r\ngpt-4o,1,10,0.2\r\n');
    out = '';
    expect(await runCharges(['--from', TODAY], api)).toBe(0);
    expect(JSON.parse(out).data).toHaveLength(3);
    expect(await runCharges([], api)).toBe(2);
  }
});
