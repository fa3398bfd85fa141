/**
 * Ledgers in Redis, for tests of what happens and not of how soon: one that a crowded machine lets wait is no outage. Tests of
 * the waits themselves say their own.
 */
import { createRedisLedger, type RedisLedger } from '../../src/engines/ledger/ledger-redis.ts';
import type { RedisLedgerOptions } from '../../src/engines/ledger/ledger-redis-options.ts';
import { records } from './recovery.ts';
import { until } from './until.ts';

/** Reasons that pass by themselves: it has not heard of its server yet, or two began at once and the other writes the books. */
const UNHEARD =
  /^(no connection|the ledger does not answer|the ledger's settings are not known)|another process rebuilds it$/;

type Asked = Partial<RedisLedgerOptions>;

/** Open, and it has heard whether it may be used. @throws what `open` does, or Error if it hears nothing in 60 s */
export async function openRedisLedger(options: Asked): Promise<RedisLedger> {
  const ledger = createRedisLedger({
    fingerprints: ['ours'],
    recovery: records(),
    waitMsMax: 10_000,
    ...options,
  });
  await ledger.open();
  await until(
    () => ledger.health().reason ?? '',
    (reason) => !UNHEARD.test(reason),
  );
  return ledger;
}

/** Once it may be used: with short beats, one whose process stood still holds itself for cut off until the next. */
export async function usable(ledger: RedisLedger): Promise<RedisLedger> {
  await until(
    () => ledger.health(),
    (health) => health.usable,
  );
  return ledger;
}
