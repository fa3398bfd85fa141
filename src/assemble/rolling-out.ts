/** The roll-out of guardrails in this process: who is inside by the policy that holds, and the way back to observing. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { deriveKey, type HouseSecret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { type Fallback, isInside, type Rollout, stopsOf } from '../domain/rollout/rollout.ts';
import { WatchRollout } from '../jobs/watch-rollout.ts';
import type { AuditLog, EntryDraft } from '../ports/audit-log.ts';
import type { Log } from '../server/log.ts';
import type { Engines } from './engines.ts';

/** One a process, whatever policy holds. */
export interface RollingOut {
  readonly watching: WatchRollout;
  /** Guardrails have gone back to observing. */
  isObserving(): boolean;
  /** Of a policy; undefined where everybody is inside. */
  of(setup: Setup): Rollout | undefined;
}

/** Begins with what was last known. */
export function startRollingOut(
  { environment }: Setup,
  secret: HouseSecret,
  { store, auditLog }: Pick<Engines, 'store' | 'auditLog'>,
  log: Log,
): RollingOut {
  const key = deriveKey(secret.present, 'digest');
  const watching = new WatchRollout({
    store,
    dataDir: resolve(environment.DATA_DIR),
    clock: systemClock,
    record: (fallback) => recordDurably(auditLog, entry('policy.fallback', 'failure', told(fallback))),
    onChange(fallback) {
      const metadata = { observing: fallback !== undefined, ...(fallback && told(fallback)) };
      log.warn(metadata, fallback ? 'guardrails only observe' : 'guardrails are as configured again');
      auditLog.note(entry('policy.fallback_applied', 'success', metadata));
    },
    onFailure: (err) => log.debug({ err }, 'the store does not tell how far guardrails are rolled out'),
  });
  return {
    watching,
    isObserving: () => watching.fallback !== undefined,
    of({ config: { guardrails } }) {
      const { rollout } = guardrails;
      return (
        rollout && {
          includes: (caller) => isInside(rollout, caller, key),
          get isFallenBack() {
            return watching.fallback !== undefined;
          },
        }
      );
    },
  };
}

/** Counts each call that guardrails have looked at; undefined where nothing is counted. */
export function countingFor(
  { config }: Setup,
  { watching }: RollingOut,
  limiting: Limiting,
): ((exchange: Exchange) => void) | undefined {
  if (!config.guardrails.rollout?.backToObserve) return undefined;
  return (exchange) => {
    const { caller } = exchange;
    if (!(exchange.prepared as Exchange['prepared'] | undefined)) return;
    const isStopped = stopsOf(exchange) !== undefined;
    watching.count({ key: caller.credential, isInside: !limiting.isSpared(caller), isStopped });
  };
}

/** For operators. Without a roll-out guardrails hold for everybody, whatever was before. */
export function rolloutView({ config }: Setup, fallback: Fallback | undefined): Record<string, unknown> {
  const { rollout } = config.guardrails;
  const since = fallback && { ...told(fallback), at: new Date(fallback.at).toISOString() };
  return { enforce: rollout?.enforce ?? 'everybody', backToObserve: rollout?.backToObserve, fallback: since };
}

const percent = (share: number): number => Math.round(share * 10_000) / 100;

function told({ rate, baseline, ...counts }: Fallback): Record<string, unknown> {
  return { ...counts, percent: percent(rate), baselinePercent: percent(baseline) };
}

function entry(action: string, status: 'success' | 'failure', metadata: Record<string, unknown>): EntryDraft {
  return { userId: 'system', action, resource: 'guardrails', status, metadata };
}

/** Where the disk does not take it, it waits: nobody is served meanwhile. */
async function recordDurably(auditLog: AuditLog, draft: EntryDraft): Promise<void> {
  await auditLog.record(draft).catch(() => auditLog.note(draft));
}
