/** Builds the rules and the doors: what callers and operators reach. */
import { systemClock } from '../base/clock.ts';
import { createSeal } from '../base/seal.ts';
import { deriveKey, type HouseSecret, Secret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import { ApprovalDesk } from '../domain/approvals/approval-desk.ts';
import { maskFor } from '../domain/approvals/approval-settings.ts';
import { createAuthenticator, type Authenticator } from '../domain/callers/authentication.ts';
import { type CacheScope, createCacheScopes } from '../domain/upstreams/cache-names.ts';
import { createEndUsers, type EndUsers } from '../domain/callers/end-users.ts';
import { createExposedKeys } from '../domain/callers/exposed-keys.ts';
import { type ClientSecrets, createClientSecrets } from '../domain/callers/client-secrets.ts';
import { createFailedAttempts, type FailedAttempts } from '../domain/callers/failed-attempts.ts';
import { createFloods, type Floods } from '../domain/limits/floods.ts';
import { createTokenVerifier, type TokenVerifier } from '../domain/callers/jwt.ts';
import type { IncidentDesk } from '../domain/incidents/incidents.ts';
import { historyOf, type ReadHistory } from '../domain/history/history-view.ts';
import type { KeyRing } from '../domain/callers/key-ring.ts';
import { createKeptPlaceholders, type KeptPlaceholders } from '../domain/placeholders/kept-placeholders.ts';
import { OpenedKeys } from '../domain/callers/key-use.ts';
import { createLimiting, type Limiting } from '../domain/limits/limiting.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { createHolds, type Holds } from '../domain/history/retention.ts';
import { createSafetyIdentifiers, type SafetyIdentifier } from '../domain/callers/safety-identifiers.ts';
import { limitDefaults } from '../environment.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import { createAdminServer } from '../server/admin-server.ts';
import { createCallerServer, type CallerServer, type OnRefused } from '../server/caller-server.ts';
import { ownEgressOf } from '../server/egress.ts';
import { inClearBy } from '../server/in-clear.ts';
import type { Log } from '../server/log.ts';
import { createPreparationPool } from '../server/preparation-pool.ts';
import { createTelemetry, type Telemetry } from '../server/telemetry.ts';
import type { TlsSettings } from '../server/tls.ts';
import { adminDeps } from './admin-tools.ts';
import { type CallersWay, callersWay, fairShareOf, swappable, type Ways } from './callers-way.ts';
import { type Containing, startContaining } from './containing.ts';
import { createDetector, type Engines } from './engines.ts';
import { buildIncidentDesk } from './incidents.ts';
import type { Policy } from './policy.ts';
import { openPeople } from './people.ts';
import { startProbing } from './probing.ts';
import { checksOf, reasonsOf } from './readiness.ts';
import { type RollingOut, startRollingOut } from './rolling-out.ts';
import { openUpstreams } from './upstreams.ts';
import { historyKeeper } from './history-keeper.ts';
import { keyRing } from './key-use.ts';
import { ownPages } from './own-pages.ts';

/** The rules, built once and shared by all doors. */
export interface Rules {
  readonly keys: KeyRing;
  readonly opened: OpenedKeys;
  readonly approvals: ApprovalDesk;
  readonly incidents: IncidentDesk;
  readonly tokens: TokenVerifier | undefined;
  readonly clientSecrets: ClientSecrets;
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  /** Calls turned away at the edge, whoever made them: apart, so that they slow nobody down. */
  readonly turnedAway: FailedAttempts;
  readonly floods: Floods;
  readonly limiting: Limiting;
  readonly keptPlaceholders: KeptPlaceholders;
  readonly cacheScope: CacheScope;
  readonly safetyIdentifier: SafetyIdentifier;
  readonly endUsers: EndUsers;
  readonly containing: Containing;
  readonly rollingOut: RollingOut;
  readonly holds: Holds;
  readonly history: ReadHistory;
}

/** The rules that doors share. */
export function buildRules(policy: Policy, secret: HouseSecret, engines: Engines, log: Log): Rules {
  const { setup } = policy;
  const { config, environment } = setup;
  const clock = systemClock;
  const containing = startContaining(policy, engines, log);
  const { store } = engines;
  const seal = createSeal(secret);
  const opened = new OpenedKeys();
  const keys = keyRing(secret, engines, opened);
  const failedAttempts = createFailedAttempts({ clock });
  const tokens =
    config.jwt &&
    createTokenVerifier({
      settings: config.jwt,
      secret: environment.JWT_SECRET === undefined ? undefined : new Secret(environment.JWT_SECRET),
      tiers: { has: (name) => Object.hasOwn(policy.setup.config.tiers, name) },
      digestKey: deriveKey(secret.present, 'digest'),
      clock,
      egress: ownEgressOf(setup.config.egress),
    });
  const clientSecrets = createClientSecrets({ seal, clock });
  return {
    keys,
    opened,
    containing,
    rollingOut: startRollingOut(setup, secret, engines, log),
    approvals: buildApprovals(policy, secret, engines),
    incidents: buildIncidentDesk(setup, secret, engines, containing.watching),
    tokens,
    clientSecrets,
    failedAttempts,
    turnedAway: createFailedAttempts({ clock }),
    authenticator: createAuthenticator({ keys, tokens, clientSecrets, failedAttempts, ...containing, clock }),
    floods: createFloods(clock),
    limiting: limitingBy(setup),
    cacheScope: createCacheScopes(deriveKey(secret.present, 'digest')),
    safetyIdentifier: createSafetyIdentifiers(deriveKey(secret.present, 'digest')),
    endUsers: createEndUsers(
      deriveKey(secret.present, 'digest'),
      secret.previous && deriveKey(secret.previous, 'digest'),
    ),
    keptPlaceholders: createKeptPlaceholders({ store, seal, clock, days: config.retention.piiDays }),
    holds: createHolds(store, config.retention.hold, clock),
    history: (of, query) => historyOf({ history: store.history, seal }, of, query),
  };
}

/** What callers are held to by a policy. @param rollout left out, guardrails hold for everybody */
export function limitingBy({ config, environment }: Setup, rollout?: Rollout): Limiting {
  const { tiers, house, teams, parameters, guardrails } = config;
  const scopes = { tiers, house, teams, parameters, defaults: limitDefaults(environment) };
  return createLimiting(scopes, guardrails, rollout);
}

function buildApprovals(
  policy: Policy,
  secret: HouseSecret,
  { store, auditLog, notifier }: Engines,
): ApprovalDesk {
  return new ApprovalDesk({
    store: store.approvals,
    auditLog,
    seal: createSeal(secret),
    notifier,
    clock: systemClock,
    settings: policy.setup.config.approvals,
    get mask() {
      const { approvals, guardrails } = policy.setup.config;
      return maskFor(approvals, guardrails);
    },
  });
}

/** What listens. */
export interface Doors {
  /** What stands before every path of the first: `/v1`. */
  readonly basePath: string;
  readonly callers: CallerServer;
  readonly admin: ReturnType<typeof createAdminServer>;
  drain(): void;
  close(): Promise<void>;
}

/** What doors are built of. */
export interface DoorParts {
  readonly policy: Policy;
  readonly secret: HouseSecret;
  readonly adminKey: string;
  readonly log: Log;
  readonly engines: Engines;
  readonly rules: Rules;
}
/** One a kind of process. */
export type BuildDoors = (parts: DoorParts) => Doors | Promise<Doors>;

/** The gateway's. */
export async function buildDoors(parts: DoorParts): Promise<Doors> {
  const { policy, secret, adminKey, log, engines, rules } = parts;
  const { config } = policy.setup;
  const pool = createPreparationPool(config.guardrails);
  const detector = createDetector(config);
  const history = historyKeeper(policy, secret, engines, pool, log);
  let draining = false;
  const checks = () => ({ ...checksOf(engines, guards), serving: !draining });
  const telemetry = createTelemetry(() => ({
    checks: checks(),
    ...healthOf(engines, rules),
    openExchanges: callers.open().size,
    historyLost: history?.lost(),
    guards: guards?.list(),
    observing: rules.rollingOut.isObserving(),
  }));
  const told = { ...engines, count: telemetry.credentialRefused, log };
  const upstreams = openUpstreams(policy.setup, told, rules.safetyIdentifier);
  const share = fairShareOf(config.guardrails);
  const ways = { pool, upstreams, telemetry, detector, history, share, policy };
  const secured = transport(parts);
  const way = wayBy(policy, log, engines, rules, ways);
  const guards = startProbing({ policy, engines, deps: () => way.deps(), telemetry, log });
  const callers = buildCallers(parts, secured.callers, way, telemetry);
  const people = await openPeople(policy.setup, secret, engines, rules);
  const admin = createAdminServer({
    // With its getters.
    admin: Object.assign(adminDeps(policy, engines, rules, { adminKey, people }), { guards }),
    telemetry,
    checks,
    reasons: () => reasonsOf(engines, guards),
    trustProxy: config.server.trustProxy,
    ...secured.admin,
  });
  return {
    basePath: '/v1',
    callers,
    admin,
    drain() {
      draining = true;
      void guards?.stop();
      callers.drain();
    },
    async close() {
      await guards?.stop();
      await history?.close();
      await Promise.all([pool.close(), upstreams.close(), detector?.close(), people?.provider.close()]);
    },
  };
}

function buildCallers(
  { policy, engines, rules }: DoorParts,
  secured: ReturnType<typeof transport>['callers'],
  { way, sockets }: ReturnType<typeof wayBy>,
  telemetry: Telemetry,
): CallerServer {
  const { auditLog } = engines;
  return createCallerServer({
    ...policy.setup.config.server,
    ...secured,
    way,
    sockets,
    own: ownPages(policy, engines, rules),
    onUnreadable: onRefused(auditLog, rules.failedAttempts, telemetry),
    onTurnedAway: onRefused(auditLog, rules.turnedAway, telemetry),
  });
}

/** What metrics show of both. */
function healthOf({ auditLog, exporting }: Engines, { opened }: Rules) {
  return { auditWaiting: auditLog.health().waiting, exports: exporting.health(), keys: opened.counts };
}

/** The way of callers' calls, which goes by whatever policy holds. */
function wayBy(policy: Policy, log: Log, engines: Engines, rules: Rules, ways: Ways) {
  const { rollingOut } = rules;
  const made = (setup: Setup): CallersWay =>
    callersWay(setup, log, engines, { ...rules, limiting: limitingBy(setup, rollingOut.of(setup)) }, ways);
  const follow = ({ config }: Setup): void =>
    rollingOut.watching.follow(config.guardrails.rollout?.backToObserve);
  const way = swappable(made(policy.setup));
  follow(policy.setup);
  policy.onReload((next) => {
    const replacement = made(next);
    return () => {
      way.replace(replacement);
      follow(next);
    };
  });
  return way;
}

/** How both ports are protected on the way. */
export function transport({ policy: { setup }, adminKey, log, engines, rules }: DoorParts) {
  const { config, production } = setup;
  const { tls, adminTls, plainHttp, trustProxy } = config.server;
  const inClear = inClearBy(plainHttp, production, trustProxy.length > 0);
  const secured = (settings: TlsSettings | undefined, listener: string) =>
    settings && {
      settings,
      onCertificate: (err: Error | undefined): void => {
        if (err) log.error({ err, listener }, 'the new certificate cannot be used; the last one stays');
        else log.info({ listener }, 'a new certificate is in force');
      },
    };
  const { auditLog } = engines;
  const onInClear = createExposedKeys({ ...rules, adminKey, auditLog, clock: systemClock });
  return {
    callers: { inClear, onInClear, tls: secured(tls, 'callers') },
    admin: { inClear, onInClear, tls: secured(adminTls, 'admin') },
  };
}

/** Requests that never became an exchange: on record by source, like bad credentials. */
export function onRefused(auditLog: AuditLog, attempts: FailedAttempts, telemetry: Telemetry): OnRefused {
  return (source, { code, options: { subject } }, exchange) => {
    telemetry.failedAttempt();
    if (!attempts.count(source)) return;
    auditLog.note({
      userId: subject?.user ?? 'anonymous',
      action: 'exchange.refused',
      resource: 'none',
      status: 'failure',
      metadata: { exchange, source, code, credential: subject?.credential },
    });
  };
}
