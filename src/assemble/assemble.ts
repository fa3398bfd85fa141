/** Puts engines, rules and doors together, and knows in which order they start and stop. */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import type { HouseSecret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import { type KeyRing } from '../domain/callers/key-ring.ts';
import { endContained } from '../jobs/end-contained.ts';
import { endRevoked } from '../jobs/end-revoked.ts';
import { watchAudit } from '../jobs/watch-audit.ts';
import { watchHealth } from '../jobs/watch-health.ts';
import type { AuditLog, EntryDraft } from '../ports/audit-log.ts';
import { type CallerServer } from '../server/caller-server.ts';
import type { Log } from '../server/log.ts';
import { buildRules, type BuildDoors, type Doors, type Rules } from './doors.ts';
import { buildEngines, type Engines } from './engines.ts';
import { startIncidents } from './incidents.ts';
import { startKeyUse } from './key-use.ts';
import { createPolicy, type Policy } from './policy.ts';
import { PRODUCT } from './product.ts';
import { startRetaining } from './retaining.ts';

/** Signals that end nothing: SIGUSR2 shuts everything out, SIGHUP reads the policy again. */
export const SIGNALS_WITHIN = ['SIGUSR2', 'SIGHUP'] as const;

/** Everything that runs, and the way to end it. */
export interface House {
  readonly keys: KeyRing;
  readonly auditLog: AuditLog;
  /** Resolves when the store was reached, so that keys can be made; false: it never was. */
  readonly storeReached: Promise<boolean>;
  /** Listens on both ports; the start is on record first where the disk takes it. @throws the system's errors */
  listen(): Promise<{ readonly baseUrl: string; readonly adminUrl: string }>;
  /** Takes no more calls, waits for open ones, settles and records them, closes everything in order. Once. */
  stop(): Promise<void>;
}

/** @throws Error if an engine refuses its configuration */
export async function assemble(
  setup: Setup,
  secret: HouseSecret,
  adminKey: string,
  log: Log,
  buildDoors: BuildDoors,
): Promise<House> {
  const engines = await buildEngines(setup, secret, log);
  const policy = createPolicy(setup, engines, log);
  const rules = buildRules(policy, secret, engines, log);
  const doors = await buildDoors({ policy, secret, adminKey, log, engines, rules });
  const jobs = startJobs(policy, engines, rules, doors, log);
  const { auditLog } = engines;
  const { environment, config } = setup;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    doors.drain();
    await drained(doors.callers, config.server.drainMsMax);
    await doors.callers.app.close();
    await doors.close();
    await auditLog.record(entry('gateway.stop', {})).catch(() => undefined);
    await jobs.stop();
    await doors.admin.close();
    await engines.close();
  }

  return {
    keys: rules.keys,
    auditLog,
    storeReached: engines.storeReached,
    async listen() {
      await begin(policy, engines, log);
      const started = entry('gateway.start', {
        version: PRODUCT.version,
        policy: policy.version,
        ledger: config.ledger.kind,
        store: config.store.kind,
      });
      // A disk that is away is no reason not to listen: live, not ready, and the entry waits.
      await auditLog.record(started).catch(() => auditLog.note(started));
      for (const warning of setup.warnings) auditLog.note(entry('gateway.warning', { warning }));
      const adminUrl = await doors.admin.listen({
        host: environment.ADMIN_HOST ?? environment.HOST,
        port: environment.ADMIN_PORT,
      });
      const baseUrl = await doors.callers.app.listen({ host: environment.HOST, port: environment.PORT });
      const { tls, adminTls } = config.server;
      return {
        baseUrl: schemed(baseUrl, tls) + doors.basePath,
        adminUrl: schemed(adminUrl, adminTls),
      };
    },
    stop: () => (stopping ??= stop()),
  };
}

/** A store that is away is no reason not to listen: without it no key opens, and what held before is asked of it later. */
const BEGIN_MS_MAX = 2000;

/** @throws ConfigError where the policy that held before cannot go on */
async function begin(policy: Policy, { storeReached }: Engines, log: Log): Promise<void> {
  const compared = async (): Promise<void> => {
    if (!(await storeReached)) return;
    try {
      await policy.begin();
    } catch (err) {
      if (!(err instanceof Refusal)) throw err;
      log.error({ err }, 'the policy was not compared with what held before; tried again');
      await pause(1000, undefined, { ref: false });
      await compared();
    }
  };
  await Promise.race([compared(), pause(BEGIN_MS_MAX, undefined, { ref: false })]);
}

/** Fastify names the scheme of the server it would have made. */
function schemed(url: string, tls: unknown): string {
  return tls === undefined ? url : url.replace(/^http:/, 'https:');
}

function entry(action: string, metadata: Record<string, unknown>): EntryDraft {
  return { userId: 'system', action, resource: 'gateway', status: 'success', metadata };
}

/**
 * What runs by itself: the store follows the audit log, floods of refusals become one entry a minute, calls of
 * revoked keys end, approvals that are over too, incidents are counted, the log tells of engines that come and go.
 */
function startJobs(
  policy: Policy,
  engines: Engines,
  rules: Rules,
  { callers }: Doors,
  log: Log,
): { stop(): Promise<void> } {
  const { setup } = policy;
  const { auditLog, ledger, store } = engines;
  const { failedAttempts, turnedAway, floods, keys, containing, rollingOut } = rules;
  const watching = watchHealth({
    health: () => ({ ledger: ledger.health(), store: store.health() }),
    onChange: (name, { usable, reason }) =>
      log[usable ? 'info' : 'error']({ reason }, `${name} ${usable ? 'usable' : 'not usable'}`),
    onWarning(name, warning) {
      log.warn({ engine: name }, warning);
      auditLog.note(entry('gateway.warning', { warning }));
    },
  });
  const flush = (all?: 'all'): void => {
    for (const counts of [failedAttempts, turnedAway])
      for (const draft of counts.flush(all)) auditLog.note(draft);
  };
  const timer = setInterval(() => flush(), 60_000);
  const revoking = endRevoked({ keys, open: () => callers.open(), clock: systemClock });
  endContained(containing.containment, () => callers.open());
  containing.containment.onChanged(() => floods.askAgain());
  // Where nothing else works: whoever can signal the process can shut it.
  const shutHere = (): void => containing.watching.shutHere();
  process.on('SIGUSR2', shutHere);
  // Refusals are told to the log and on record where they are made.
  const reload = (): void => void policy.reload('system').catch(() => undefined);
  process.on('SIGHUP', reload);
  const incidents = startIncidents(setup, engines, containing.watching, log);
  const retaining = startRetaining(setup, engines, rules, log);
  const keyUse = startKeyUse(engines, rules, log);
  const looking = startLooking(setup, engines, log);
  return {
    async stop() {
      clearInterval(timer);
      process.off('SIGUSR2', shutHere);
      process.off('SIGHUP', reload);
      containing.watching.stop();
      rollingOut.watching.stop();
      revoking.stop();
      watching.stop();
      flush('all');
      looking.stop();
      await incidents.stop();
      await retaining.stop();
      await keyUse.stop();
    },
  };
}

/** A log that somebody has changed is an entry, and with it an incident. */
function startLooking({ config }: Setup, { auditLog, lookThroughLog }: Engines, log: Log): { stop(): void } {
  return watchAudit({
    everyMs: config.audit.verifyEverySeconds * 1000,
    auditLog,
    async look() {
      const { firstBad, unjudged } = await lookThroughLog();
      if (unjudged > 0)
        log.info({ chains: unjudged }, 'sealed by a secret that is not known any more: not judged');
      return firstBad;
    },
    onTampered: (where) => log.error(where, 'the audit log is not as it was written'),
    onFailure: (err) => log.warn({ err }, 'the audit log could not be looked through; tried again'),
  });
}

/** Waits until no exchange is open; what is still open after `msMax` is aborted, then has 2 s to end. */
async function drained(callers: CallerServer, msMax: number): Promise<void> {
  const until = Date.now() + msMax;
  while (callers.open().size > 0 && Date.now() < until) await pause(20);
  callers.abortAll();
  const last = Date.now() + 2000;
  while (callers.open().size > 0 && Date.now() < last) await pause(20);
}
