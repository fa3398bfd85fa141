/**
 * A policy is tried on the calls on record before it holds: what it says is what the gateway then does. Shown false by not
 * judging findings, by admitting every call without the ledger, those that were refused among them, and by reading several
 * logs one after the other.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runRehearse } from '../../src/assemble/rehearse.ts';
import { createKey } from '../support/admin.ts';
import { journey } from '../support/journey.ts';
import { chat, outcomeOf, recorded } from '../support/money.ts';
import { startGateways } from '../support/gateway.ts';
import { startPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const BASE = {
  tiers: { wide: {} },
  guardrails: { pii: { action: 'redact', reversible: false }, secrets: { action: 'block' } },
};
const house = journey({ config: BASE, key: { tier: 'wide', user: 'ada' } });

const row = (team: string | null, user: string, code: string, examples: string[]) => ({
  team,
  user,
  code,
  count: examples.length,
  examples,
});

test('what would be refused, and what would go, by user and reason; and what nobody can tell', async () => {
  const { gateway } = house;
  const team = await createKey(gateway, { tier: 'wide', user: 'bob', team: 'blue' });
  const bob = { ...gateway, callerKey: team.key };
  const mail = { messages: [{ role: 'user', content: 'Write to ada@example.com' }] };
  const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
  const mailed = await chat(gateway, mail);
  const plain = [await chat(bob), await chat(bob), await chat(bob)];
  const secret = await chat(bob, { messages: [{ role: 'user', content: `Use ${token} for it` }] });
  for (const { id } of [mailed, ...plain]) await outcomeOf(gateway, id);
  await until(
    () => recorded(gateway, 'exchange.refused', secret.id),
    (found) => found.length === 1,
  );

  const folder = mkdtempSync(join(tmpdir(), 'sallyport-rehearsed-'));
  const file = join(folder, 'new.yaml');
  const rehearse = async (policy: object, ...args: string[]) => {
    writeFileSync(file, JSON.stringify({ ...BASE, ...policy }));
    const env = { DATA_DIR: gateway.dataDir, OPENAI_API_KEY: 'sk-proj-none' };
    const { code, text } = await runRehearse(['--policy', file, ...args], env);
    expect(code).toBe(0);
    return JSON.parse(text);
  };
  expect(await rehearse({})).toMatchObject({ calls: 5, refused: [], allowed: [] });
  const strict = await rehearse({
    guardrails: { pii: { action: 'block' }, secrets: { action: 'observe' } },
    tiers: { wide: { requestsPerMinute: 2 } },
  });
  expect(strict.refused).toEqual([
    row(null, 'ada', 'guardrail.pii', [mailed.id]),
    row('blue', 'bob', 'rate.requests', [plain[2]?.id ?? '']),
  ]);
  expect(strict.notTold[0]).toContain('texts are not kept');
  // What would go takes its place in the limits, as calls that went do.
  const allowed = async (requestsPerMinute: number) =>
    (
      await rehearse({
        guardrails: { secrets: { action: 'observe' } },
        tiers: { wide: { requestsPerMinute } },
      })
    ).allowed;
  expect(await allowed(4)).toEqual([row('blue', 'bob', secret.code, [secret.id])]);
  expect(await allowed(3)).toEqual([]);
  const blue = await rehearse({ tiers: { wide: { models: ['o*'] } } }, '--team', 'blue');
  expect(blue).toMatchObject({ calls: 4, refused: [{ user: 'bob', code: 'access.model', count: 3 }] });
  const backwards = ['--policy', file, '--from', '2026-01-02', '--to', '2026-01-01'];
  expect(await runRehearse(backwards, {})).toMatchObject({ code: 2 });
  rmSync(folder, { recursive: true });
});

test('the calls of several processes are one, from their logs together and from the store', async () => {
  const database = await startPostgres();
  const [one, other] = await startGateways(2, {
    upstream: house.upstream,
    config: { ...BASE, store: { kind: 'postgres', url: 'env:DATABASE_URL' } },
    env: { DATABASE_URL: database.url },
    key: { tier: 'wide', user: 'ada' },
  });
  const ids: string[] = [];
  for (const gateway of [one, other, one]) {
    const { id } = await chat(gateway);
    await outcomeOf(gateway, id);
    ids.push(id);
  }
  const stored = async () => await recorded(one, 'exchange.outcome', ids[2] ?? '');
  await until(stored, (found) => found.length === 1);
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-rehearsed-'));
  const file = join(folder, 'new.yaml');
  const store = { kind: 'postgres', url: 'env:DATABASE_URL' };
  writeFileSync(file, JSON.stringify({ ...BASE, store, tiers: { wide: { requestsPerMinute: 2 } } }));
  const env = { DATA_DIR: folder, DATABASE_URL: database.url, OPENAI_API_KEY: 'sk-proj-none' };
  const rehearse = async (...args: string[]) => {
    const { text } = await runRehearse(['--policy', file, ...args], env);
    return JSON.parse(text);
  };
  const refused = [row(null, 'ada', 'rate.requests', [ids[2] ?? ''])];
  expect(await rehearse('--data', one.dataDir, '--data', other.dataDir)).toMatchObject({ calls: 3, refused });
  expect(await rehearse('--data', one.dataDir)).toMatchObject({ calls: 2, refused: [] });
  await until(
    () => rehearse('--store'),
    ({ calls }) => calls === 3,
  );
  expect(await rehearse('--store')).toMatchObject({ calls: 3, refused });
  const both = ['--policy', file, '--store', '--data', one.dataDir];
  expect(await runRehearse(both, env)).toMatchObject({ code: 2 });
  await Promise.all([one.stop(), other.stop()]);
  await database.stop();
  rmSync(folder, { recursive: true });
});
