/**
 * Who must have told before books are written anew: with a real store and a real audit log. Shown false by writing
 * `out` before the log is shipped, or by a later word that overwrites an earlier one (`changeSetting`).
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownRecovery, sharedRecovery, type RecoveryOptions } from '../../src/assemble/ledger-recovery.ts';
import { startShipping } from '../../src/assemble/shipping.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { Refusal } from '../../src/base/errors.ts';
import type { ShipEntries } from '../../src/jobs/ship-entries.ts';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import type { Store } from '../../src/ports/store.ts';
import { createLog } from '../../src/server/log.ts';
import { openUnhurriedLog } from '../support/audit.ts';

const DAY = '2026-03-15';
const NEXT = '2026-03-16';
const at = (sequence: number, epoch = 'books') => ({ epoch, sequence });

let folder: string;
let store: Store;
/** What the store does with entries of the log. */
let takesEntries: boolean;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-recovery-'));
  store = openSqliteStore({ file: join(folder, 'store.sqlite') });
  takesEntries = true;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Process extends RecoveryOptions {
  readonly auditLog: AuditLog;
  readonly shipping: ShipEntries;
}

/** A process with its own log, and the one store. */
async function process(place: string, monthly = false): Promise<Process> {
  const auditDir = join(folder, place);
  const keys = { chainKey: randomBytes(32), checkpointKey: randomBytes(32) };
  const auditLog = await openUnhurriedLog({ dir: auditDir, ...keys });
  const taking = new Proxy(store, {
    get(target, name: keyof Store) {
      if (name === 'appendEntries' && !takesEntries)
        return () => Promise.reject(new Refusal('store.unavailable'));
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const shipping = startShipping({ auditLog, auditDir, place, store: taking }, createLog('silent'));
  closing.push(async () => {
    await auditLog.close();
    await shipping.stop();
  });
  return { store, auditLog, shipping, place, monthly };
}

async function spend({ auditLog }: Process, exchange: string, nano: number, settled?: number): Promise<void> {
  const metadata = { exchange, day: DAY, scopes: ['user:ada'], reservedNano: nano };
  const draft = { userId: 'ada', resource: 'chat', metadata };
  await auditLog.record({ ...draft, action: 'exchange.intent', status: 'pending' });
  if (settled === undefined) return;
  const outcome = { exchange, outcome: 'completed', day: DAY, settledNano: settled };
  await auditLog.record({ ...draft, action: 'exchange.outcome', status: 'success', metadata: outcome });
}

describe('processes that share a store', () => {
  test('what all spent is known when all have withdrawn, and not before', async () => {
    const [here, there] = [await process('here'), await process('there')];
    const [one, other] = [sharedRecovery(here), sharedRecovery(there)];
    await one.enter('here#1', at(0), NEXT);
    await other.enter('there#1', at(0), NEXT);
    await spend(here, 'a', 100, 7);
    await spend(there, 'b', 20);
    expect(await one.known(DAY)).toMatchObject({ unheard: 2 });
    await one.withdraw('here#1', at(5));
    // Refused, as nothing is admitted any more: its outcome is still to come.
    await spend(here, 'c', 4000);
    expect(await one.known(DAY)).toMatchObject({ unheard: 1, seen: [at(5)] });
    await other.withdraw('there#1', at(6));
    const known = await one.known(DAY);
    expect(known).toMatchObject({ unheard: 0, withheld: undefined, seen: [at(5), at(6)] });
    expect(await known.spent()).toEqual([{ kind: 'user', id: 'ada', dayNano: 27, monthNano: 27 }]);
  });

  test('nobody has withdrawn whose log is not all there', async () => {
    const here = await process('here');
    const recovery = sharedRecovery(here);
    await recovery.enter('here#1', at(0), NEXT);
    takesEntries = false;
    await spend(here, 'a', 100);
    await expect(recovery.withdraw('here#1', at(1))).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await recovery.known(DAY)).toMatchObject({ unheard: 1 });
    takesEntries = true;
    await recovery.withdraw('here#1', at(1));
    expect(await (await recovery.known(DAY)).spent()).toMatchObject([{ dayNano: 100 }]);
  });

  test('who joined again has to withdraw again, and what it intends counts again', async () => {
    const here = await process('here');
    const recovery = sharedRecovery(here);
    await recovery.enter('here#1', at(0), NEXT);
    await recovery.withdraw('here#1', at(1));
    await recovery.enter('here#1', at(0, 'others'), NEXT);
    await spend(here, 'a', 100);
    expect(await recovery.known(DAY)).toMatchObject({ unheard: 1 });
    await recovery.withdraw('here#1', at(3, 'others'));
    expect(await (await recovery.known(DAY)).spent()).toMatchObject([{ dayNano: 100 }]);
  });

  test('a successor in the same place tells for who died there, but not how far it had seen', async () => {
    const here = await process('here');
    await sharedRecovery(here).enter('here#1', at(0), NEXT);
    const successor = sharedRecovery(here);
    await successor.withdraw('here#2', at(0, ''));
    const known = await successor.known(DAY);
    expect(known).toMatchObject({ unheard: 0, seen: [at(Number.MAX_SAFE_INTEGER)] });
  });

  test('who died elsewhere and was charged is not waited for, but what it spent is not all known', async () => {
    const [here, there] = [await process('here'), await process('there')];
    const [one, other] = [sharedRecovery(here), sharedRecovery(there)];
    await one.enter('here#1', at(0), NEXT);
    await other.enter('there#1', at(0), NEXT);
    await one.gone(['there#1'], at(9));
    await one.withdraw('here#1', at(9));
    expect(await one.known(DAY)).toMatchObject({ unheard: 0, withheld: expect.stringMatching(/1 died/) });
    // It lives after all, and tells.
    await other.withdraw('there#1', at(8));
    expect(await one.known(DAY)).toMatchObject({ withheld: undefined });
    // A late word of its death changes nothing.
    await one.gone(['there#1'], at(9));
    expect(await one.known(DAY)).toMatchObject({ withheld: undefined });
  });

  test.each([
    [false, 0],
    [true, 1],
  ])(
    'who died on an earlier day is waited for only where months have budgets (%s)',
    async (monthly, unheard) => {
      const here = await process('here', monthly);
      await sharedRecovery(await process('there')).enter('there#1', at(0), '2026-03-14');
      expect(await sharedRecovery(here).known(DAY)).toMatchObject({ unheard });
    },
  );

  test('an operator has nobody waited for', async () => {
    const recovery = sharedRecovery(await process('here'));
    await sharedRecovery(await process('there')).enter('there#1', at(0), NEXT);
    expect(await recovery.known(DAY)).toMatchObject({ unheard: 1 });
    await recovery.forgetMembers();
    expect(await recovery.known(DAY)).toMatchObject({ unheard: 0, seen: [] });
  });
});

describe('a process with a store of its own', () => {
  test('may begin new books while it knows of nothing spent, and brings the month along', async () => {
    const here = await process('here');
    await here.auditLog.record({
      userId: 'ada',
      action: 'exchange.intent',
      resource: 'chat',
      status: 'pending',
      metadata: { exchange: 'a', day: '2026-03-14', scopes: ['user:ada'], reservedNano: 50 },
    });
    const known = await ownRecovery(here).known(DAY);
    expect(known.withheld).toBeUndefined();
    expect(await known.spent()).toEqual([{ kind: 'user', id: 'ada', dayNano: 0, monthNano: 50 }]);
    expect((await ownRecovery({ ...here, monthly: true }).known(DAY)).withheld).toMatch(/month/);
  });

  test('may not on a day with money, nor on one on which others may have spent', async () => {
    const here = await process('here');
    const recovery = ownRecovery(here);
    await recovery.enter('here#1', at(0), DAY);
    expect((await recovery.known(DAY)).withheld).toBeUndefined();
    await recovery.enter('here#1', at(0), NEXT);
    expect((await recovery.known(DAY)).withheld).toMatch(/ledger adopt/);
    await spend(here, 'a', 100, 7);
    expect((await ownRecovery(here).known(DAY)).withheld).toMatch(/ledger adopt/);
  });
});
