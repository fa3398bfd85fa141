/**
 * Promise 53 over restarts: files that were loosened do not loosen by a restart, once there are two administrators; what held goes on
 * until one of them confirms. What only a start can change is told. Shown false by a start that is not compared (the budget is 50),
 * by a break-glass that is kept (it holds for good after a restart), and by a mode that is read from the new files.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { recorded } from '../support/money.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-starts-'));
const file = join(folder, 'policy.yaml');
const dataDir = join(folder, 'data');
const SECRETS = {
  SALLYPORT_ADMIN_KEY: 'correct, horse battery staple of 32 characters',
  SALLYPORT_SECRET: 'a secret of the house, of thirty-two characters',
};
let upstream: Upstream;
let gateway: Gateway;
let ann = '';
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await started(budget(5));
});
afterAll(async () => {
  await gateway?.stop();
  await upstream.close();
  rmSync(folder, { recursive: true });
});

/** With these files, in the place of the one before. */
async function started(more: object): Promise<Gateway> {
  await gateway?.stop();
  writes(more);
  gateway = await startGateway({ upstream, dataDir, env: SECRETS, configFile: file, key: null });
  return gateway;
}
const writes = (more: object): void =>
  writeFileSync(
    file,
    JSON.stringify({
      policy: { weakerStart: 'hold' },
      ...more,
    }),
  );
const budget = (dailyBudgetUsd: number) => ({ tiers: { wide: { dailyBudgetUsd } } });
const asAnn = (method: string, path: string, body?: object) =>
  admin({ ...gateway, adminKey: ann }, method, `/admin/policy${path}`, body);
const budgetNow = async () =>
  Object((await admin(gateway, 'GET', '/admin/policy')).body).policy.tiers.wide?.dailyBudgetUsd;
const lastTold = async () => (await recorded(gateway, 'policy.weaker_start')).at(-1);

test('with one administrator a restart takes the files, on record', async () => {
  await started(budget(6));
  expect(await budgetNow()).toBe(6);
  expect(await lastTold()).toMatchObject({
    status: 'success',
    metadata: { weaker: ['/tiers/wide/dailyBudgetUsd'], granted: 'oneAdministrator' },
  });
  ann = (await createKey(gateway, { user: 'ann', tier: 'wide', role: 'admin' })).key;
});

test('with two what held goes on holding, with an incident, until another confirms', async () => {
  await started({ ...budget(50), policy: { weakerStart: 'tell' } });
  expect(await budgetNow()).toBe(6);
  expect(await lastTold()).toMatchObject({
    status: 'failure',
    metadata: { weaker: ['/policy/weakerStart', '/tiers/wide/dailyBudgetUsd'], held: true },
  });
  expect(gateway.logs()).toContain('this start is weaker than what held before it');
  await until(
    async () => Object((await admin(gateway, 'GET', '/admin/incidents?rule=weaker-start')).body).data,
    (found) => found.length === 1,
  );
  const { data } = Object((await asAnn('GET', '/proposals')).body);
  expect(data).toMatchObject([{ by: 'system', state: 'proposed' }]);
  expect((await asAnn('POST', `/proposals/${data[0].id}`, {})).status).toBe(200);
  expect(await budgetNow()).toBe(50);
  const before = (await recorded(gateway, 'policy.weaker_start')).length;
  await started(budget(50));
  expect([await budgetNow(), (await recorded(gateway, 'policy.weaker_start')).length]).toEqual([50, before]);
});

test('what is stronger is taken; what only a start can change is told', async () => {
  await started({ ...budget(3), history: { enabled: true } });
  expect(await budgetNow()).toBe(3);
  expect(await lastTold()).toMatchObject({
    status: 'failure',
    metadata: { weaker: ['/history/enabled'], held: false },
  });
});

test('a restart within a break-glass ends with it', async () => {
  const history = { enabled: true };
  writes({ ...budget(70), history });
  const breakGlass = { reason: 'the launch', seconds: 8 };
  expect((await asAnn('POST', '/reload', { breakGlass })).status).toBe(200);
  await started({ ...budget(70), history });
  await until(budgetNow, (usd) => usd === 3);
});
