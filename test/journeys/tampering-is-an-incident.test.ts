/**
 * The audit log of a gateway that runs, changed on its disk by somebody else, is an entry and an incident, once. Shown false by
 * a look that finds nothing bad.
 */
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import { entriesOf } from '../support/money.ts';
import { openGateway } from '../support/open-gateway.ts';
import { until } from '../support/until.ts';

const listSchema = z.object({ data: z.array(z.object({ rule: z.string(), severity: z.string() })) });

test('what is as it was written says nothing; a changed entry is told', async () => {
  await using gateway = await openGateway({ config: { audit: { verifyEverySeconds: 1 } }, key: null });
  const incidents = async () =>
    listSchema.parse((await admin(gateway, 'GET', '/admin/incidents')).body).data.map(({ rule }) => rule);
  const tampered = async () => (await entriesOf(gateway)).filter(({ action }) => action === 'audit.tampered');
  // An entry more each time, while the log is looked through twice.
  const end = performance.now() + 2500;
  while (performance.now() < end) await admin(gateway, 'GET', '/admin/keys');
  expect(await tampered()).toEqual([]);
  const dir = join(gateway.dataDir, 'audit');
  const file = join(dir, readdirSync(dir)[0] ?? '', '000001.jsonl');
  const text = readFileSync(file, 'latin1');
  const at = text.indexOf('"action":"admin.key.list"') + 10;
  expect(at).toBeGreaterThan(10);
  const open = openSync(file, 'r+');
  writeSync(open, 'b', at);
  closeSync(open);
  expect(await until(incidents, (rules) => rules.length > 0)).toEqual(['audit-log']);
  const [entry, ...more] = await tampered();
  expect(entry).toMatchObject({
    userId: 'system',
    status: 'failure',
    metadata: { chain: readdirSync(dir)[0] },
  });
  expect(more).toEqual([]);
  expect(gateway.logs()).toContain('the audit log is not as it was written');
});
