/** The only file that chooses and builds engines, rules and doors, and knows in which order they start and stop. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { systemClock, utcDay, utcMonth } from './base/clock.ts';
import { deriveKey, keyedDigest, Secret } from './base/secret.ts';
import type { Setup } from './config.ts';
import { createAuthenticator, type Authenticator } from './domain/authentication.ts';
import { answerHeaders } from './domain/answer-headers.ts';
import type { Exchange } from './domain/exchange.ts';
import { createFailedAttempts, type FailedAttempts } from './domain/failed-attempts.ts';
import { createFloods, type Floods } from './domain/floods.ts';
import { createTokenVerifier, type TokenVerifier } from './domain/jwt.ts';
import { createKeyRing, type KeyRing } from './domain/key-ring.ts';
import { createLimiting, type Limiting } from './domain/limiting.ts';
import { moneyFacts } from './domain/restoring.ts';
import { usageOf } from './domain/usage.ts';
import { openAuditLog } from './engines/audit-file.ts';
import { readEntries } from './engines/audit-read.ts';
import { acquireDataDir } from './engines/data-dir.ts';
import { createEmbeddedLedger } from './engines/ledger-embedded.ts';
import { openOnFailure } from './engines/ledger-open.ts';
import { createRedisLedger } from './engines/ledger-redis.ts';
import { openPostgresStore } from './engines/store-postgres.ts';
import { openSqliteStore } from './engines/store-sqlite.ts';
import { shipEntries } from './jobs/ship-entries.ts';
import { coverage } from './openai/coverage.ts';
import { createPipeline } from './pipeline.ts';
import type { AuditLog, EntryDraft } from './ports/audit-log.ts';
import type { Ledger } from './ports/ledger.ts';
import type { Store } from './ports/store.ts';
import { createAdminServer } from './server/admin-server.ts';
import { createCallerServer, type CallerServer } from './server/caller-server.ts';
import type { Log } from './server/log.ts';
import { createPreparationPool } from './server/preparation-pool.ts';
import { createTelemetry, type Telemetry } from './server/telemetry.ts';
import { createUpstream } from './server/upstream.ts';
import { ownObjects } from './stages/own-objects.ts';

/** Everything that runs, and the way to end it. */
export interface House {
  readonly keys: KeyRing;
  readonly auditLog: AuditLog;
  /** Listens on both ports; the start is on record first. @throws audit.unavailable, the system's errors */
  listen(): Promise<{ readonly baseUrl: string; readonly adminUrl: string }>;
  /** Takes no more calls, waits for open ones, settles and records them, closes everything in order. Once. */
  stop(): Promise<void>;
}

/** @throws Error if an engine refuses its configuration */
export async function assemble(setup: Setup, secret: Secret, adminKey: string, log: Log): Promise<House> {
  const engines = await buildEngines(setup, secret, log);
  const rules = buildRules(setup, secret, engines);
  const doors = buildDoors(setup, adminKey, log, engines, rules);
  const jobs = startJobs(engines, rules, log);
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
    async listen() {
      await auditLog.record(
        entry('gateway.start', { version: VERSION, ledger: config.ledger.kind, store: config.store.kind }),
      );
      for (const warning of setup.warnings) auditLog.note(entry('gateway.warning', { warning }));
      const adminUrl = await doors.admin.listen({
        host: environment.ADMIN_HOST ?? environment.HOST,
        port: environment.ADMIN_PORT,
      });
      const baseUrl = await doors.callers.app.listen({ host: environment.HOST, port: environment.PORT });
      return { baseUrl: `${baseUrl}/v1`, adminUrl };
    },
    stop: () => (stopping ??= stop()),
  };
}

const VERSION = '0.1.0';

function entry(action: string, metadata: Record<string, unknown>): EntryDraft {
  return { userId: 'system', action, resource: 'gateway', status: 'success', metadata };
}

interface Engines {
  readonly auditLog: AuditLog;
  readonly auditDir: string;
  readonly ledger: Ledger;
  readonly store: Store;
  /** The store was reached at least once: keys can be read. */
  readonly storeOpened: () => boolean;
  close(): Promise<void>;
}

async function buildEngines({ config, environment }: Setup, secret: Secret, log: Log): Promise<Engines> {
  const dataDir = resolve(environment.DATA_DIR);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireDataDir(dataDir);
  const auditDir = join(dataDir, 'audit');
  const auditLog = await openAuditLog({
    dir: auditDir,
    chainKey: deriveKey(secret, 'chain'),
    checkpointKey: deriveKey(secret, 'checkpoint'),
    waitMsMax: config.audit.waitMsMax,
    segmentBytesMax: config.audit.segmentBytesMax,
    onCheckpoint: (line) => log.info({ checkpoint: line }, 'audit checkpoint'),
    onHealth: ({ writable, reason }) =>
      log[writable ? 'info' : 'error']({ reason }, `audit log ${writable ? 'writable' : 'not writable'}`),
    onFault: (err) => log.error({ err }, 'a follower of the audit log failed'),
  });
  const store =
    config.store.kind === 'postgres'
      ? openPostgresStore({ url: config.store.url })
      : openSqliteStore({ file: join(dataDir, 'store.sqlite') });
  const opened = openStore(store, keyedDigest(deriveKey(secret, 'fingerprint'), 'house'), log);
  if (config.store.kind === 'embedded') await opened.done;
  const ledger = await buildLedger(config, secret, auditDir, store);
  return {
    auditLog,
    auditDir,
    ledger,
    store,
    storeOpened: opened.isOpen,
    async close() {
      opened.stop();
      await ledger.close();
      await auditLog.close();
      await store.close();
      lock.release();
    },
  };
}

/** Opens the store, again and again while it cannot be reached; a house with another secret never. */
function openStore(
  store: Store,
  fingerprint: string,
  log: Log,
): { done: Promise<void>; isOpen: () => boolean; stop: () => void } {
  const state = { open: false, stopped: false };
  const attempt = async (): Promise<void> => {
    for (let waitMs = 250; !state.stopped; waitMs = Math.min(waitMs * 2, 5000)) {
      try {
        await store.open();
        const known = await store.getSetting('fingerprint');
        if (known === undefined) await store.putSetting('fingerprint', fingerprint);
        else if (known !== fingerprint) throw new FatalError('the store belongs to another SALLYPORT_SECRET');
        state.open = true;
        return;
      } catch (err) {
        if (err instanceof FatalError) throw err;
        log.warn({ err }, 'the store cannot be reached; trying again');
        await pause(waitMs);
      }
    }
  };
  const done = attempt();
  done.catch((err: unknown) => {
    log.fatal({ err }, 'the store cannot be used');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  return { done, isOpen: () => state.open, stop: () => void (state.stopped = true) };
}

class FatalError extends Error {}

async function buildLedger(
  config: Setup['config'],
  secret: Secret,
  auditDir: string,
  store: Store,
): Promise<Ledger> {
  const embedded = createEmbeddedLedger();
  const thisMonth = `${utcMonth(Date.now())}-01`;
  if (config.ledger.kind === 'embedded') {
    await embedded.restore(
      moneyFacts(readEntries(auditDir, { since: Date.parse(thisMonth), actionPrefix: 'exchange.' })),
    );
    return embedded;
  }
  const redis = createRedisLedger({
    url: config.ledger.url,
    namespace: config.ledger.namespace,
    fingerprint: keyedDigest(deriveKey(secret, 'fingerprint'), 'house'),
    mayInitialise: () => noMoneyToday(auditDir, store),
  });
  await redis.open();
  return config.ledger.onFailure === 'open' ? openOnFailure(redis, embedded) : redis;
}

/** Whether a ledger without a past may begin: nothing this process or the store knows of was spent today. */
async function noMoneyToday(auditDir: string, store: Store): Promise<boolean> {
  const since = Date.parse(utcDay(Date.now()));
  for await (const fact of moneyFacts(readEntries(auditDir, { since, actionPrefix: 'exchange.' }))) {
    if (fact.nano > 0) return false;
  }
  const stored = await store.findEntries({ action: 'exchange.outcome', from: since, limit: 1 });
  return stored.length === 0;
}

interface Rules {
  readonly keys: KeyRing;
  readonly tokens: TokenVerifier | undefined;
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  readonly floods: Floods;
  readonly limiting: Limiting;
}

function buildRules({ config, environment }: Setup, secret: Secret, { store, ledger }: Engines): Rules {
  const clock = systemClock;
  const keys = createKeyRing({ store, ledger, pepper: deriveKey(secret, 'pepper'), clock });
  const failedAttempts = createFailedAttempts({ clock });
  const tokens =
    config.jwt &&
    createTokenVerifier({
      settings: config.jwt,
      secret: environment.JWT_SECRET === undefined ? undefined : new Secret(environment.JWT_SECRET),
      tiers: new Set(Object.keys(config.tiers)),
      digestKey: deriveKey(secret, 'digest'),
      clock,
    });
  const scopes = {
    tiers: config.tiers,
    house: config.house,
    teams: config.teams,
    defaults: {
      requestsPerMinute: environment.RATE_LIMIT_PER_MINUTE,
      requestsPerHour: environment.RATE_LIMIT_PER_HOUR,
      requestsPerDay: environment.RATE_LIMIT_PER_DAY,
    },
  };
  return {
    keys,
    tokens,
    failedAttempts,
    authenticator: createAuthenticator({ keys, tokens, failedAttempts }),
    floods: createFloods(clock),
    limiting: createLimiting(scopes, config.guardrails),
  };
}

interface Doors {
  readonly callers: CallerServer;
  readonly admin: FastifyInstance;
  drain(): void;
  close(): Promise<void>;
}

function buildDoors(setup: Setup, adminKey: string, log: Log, engines: Engines, rules: Rules): Doors {
  const { config } = setup;
  const { auditLog, ledger, store } = engines;
  const pool = createPreparationPool(config.guardrails);
  const upstream = createUpstream(config.upstream);
  let draining = false;
  const checks = (): Record<string, boolean> => ({
    configuration: true,
    auditLog: auditLog.health().writable,
    ledger: ledger.health().usable,
    store: engines.storeOpened(),
    serving: !draining,
  });
  const telemetry = createTelemetry(() => ({
    checks: checks(),
    auditWaiting: auditLog.health().waiting,
    openExchanges: callers.open(),
  }));
  const pipeline = createPipeline({
    ...rules,
    ...engines,
    forgetKey: (id) => rules.keys.forget(id),
    upstream,
    apiKey: config.upstream.apiKey ?? '',
    organization: config.upstream.organization,
    project: config.upstream.project,
    answerHeaders,
    ownObjects: ownObjects(store, config.objects, (err) => log.warn({ err }, 'an owner was not recorded')),
    rules: config.request,
    models: config.models,
    inlineBytesMax: config.guardrails.workers.overBytes,
    large: pool.prepare,
    endpointsAllow: config.endpoints.allow,
    urlAllow: config.references.urlAllow,
    objects: config.objects,
    tools: config.tools,
    observe: telemetry.observeStage,
    onDone: done(telemetry, log),
  });
  const callers = createCallerServer({
    ...config.server,
    pipeline,
    meUsage: async (arrival) =>
      usageOf({ ledger, tiers: config.tiers }, await rules.authenticator.authenticate(arrival)),
    onUnreadable: unreadable(auditLog, rules.failedAttempts, telemetry),
  });
  const admin = createAdminServer({
    admin: { ...rules, auditLog, store, ledger, adminKey, tiers: config.tiers, coverage, clock: systemClock },
    telemetry,
    checks,
    trustProxy: config.server.trustProxy,
  });
  return {
    callers,
    admin,
    drain() {
      draining = true;
      callers.drain();
    },
    async close() {
      await pool.close();
      await upstream.close();
    },
  };
}

/** The end of every exchange, for metrics and the log; a fault of ours is the only thing that is loud. */
function done(telemetry: Telemetry, log: Log): (exchange: Exchange) => void {
  return (exchange) => {
    telemetry.done(exchange);
    const { id, operation, ending, refusal } = exchange;
    if (refusal?.code === 'gateway.fault')
      log.error({ err: refusal.options.cause, id, operation }, 'gateway fault');
    else log.debug({ id, operation, ending, code: refusal?.code, detail: refusal?.options.detail }, 'done');
  };
}

/** Requests that Node's parser could not read: on record by source, like bad credentials. */
function unreadable(auditLog: AuditLog, attempts: FailedAttempts, telemetry: Telemetry) {
  return (source: string, code: string): void => {
    telemetry.failedAttempt();
    if (!attempts.count(source)) return;
    auditLog.note({
      userId: 'anonymous',
      action: 'exchange.refused',
      resource: 'none',
      status: 'failure',
      metadata: { source, code },
    });
  };
}

/** What runs by itself: the store follows the audit log; floods of refusals become one entry a minute. */
function startJobs(
  { auditLog, auditDir, store }: Engines,
  { failedAttempts }: Rules,
  log: Log,
): { stop(): Promise<void> } {
  const shipping = shipEntries({
    auditLog,
    store,
    cursorName: `audit.cursor:${auditDir}`,
    readAfter: (after) => readEntries(auditDir, { after }),
    onFailure: (err) => log.warn({ err }, 'the store does not take audit entries; they wait'),
  });
  const flush = (): void => {
    for (const draft of failedAttempts.flush()) auditLog.note(draft);
  };
  const timer = setInterval(flush, 60_000);
  return {
    async stop() {
      clearInterval(timer);
      flush();
      await shipping.stop();
    },
  };
}

/** Waits until no exchange is open; what is still open after `msMax` is aborted, then has 2 s to end. */
async function drained(callers: CallerServer, msMax: number): Promise<void> {
  const until = Date.now() + msMax;
  while (callers.open() > 0 && Date.now() < until) await pause(20);
  callers.abortAll();
  const last = Date.now() + 2000;
  while (callers.open() > 0 && Date.now() < last) await pause(20);
}
