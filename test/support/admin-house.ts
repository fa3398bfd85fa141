/** The operators' door over real engines on loopback: SQLite, the embedded ledger, the audit log on disk. */
import { createPolicy } from '../../src/assemble/policy.ts';
import { loadSetup } from '../../src/config.ts';
import { createLog } from '../../src/server/log.ts';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { type AdminDeps, registerAdmin } from '../../src/admin/admin.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createSeal, type Seal } from '../../src/base/seal.ts';
import { Secret } from '../../src/base/secret.ts';
import { ApprovalDesk } from '../../src/domain/approvals/approval-desk.ts';
import { approvalsSchema, maskFor } from '../../src/domain/approvals/approval-settings.ts';
import { createAuthenticator } from '../../src/domain/callers/authentication.ts';
import { createContainment } from '../../src/domain/callers/containment.ts';
import { createEndUsers } from '../../src/domain/callers/end-users.ts';
import { createFailedAttempts } from '../../src/domain/callers/failed-attempts.ts';
import { createTokenVerifier, jwtSchema } from '../../src/domain/callers/jwt.ts';
import { incidentsSchema } from '../../src/domain/incidents/incident-rules.ts';
import { IncidentDesk } from '../../src/domain/incidents/incidents.ts';
import { historyOf } from '../../src/domain/history/history-view.ts';
import { createKeyRing } from '../../src/domain/callers/key-ring.ts';
import { createHolds } from '../../src/domain/history/retention.ts';
import type { DiskPort } from '../../src/engines/audit/audit-disk.ts';
import { createEmbeddedLedger } from '../../src/engines/ledger/ledger-embedded.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { guardrailsSchema } from '../../src/guardrails/settings.ts';
import { watchContainment } from '../../src/jobs/watch-containment.ts';
import type { AuditLog, Entry } from '../../src/ports/audit-log.ts';
import type { Store } from '../../src/ports/store.ts';
import { openUnhurriedLog } from './audit.ts';

export const ADMIN_KEY = 'correct, horse battery staple of 32 characters';
export const JWT_SECRET = 'a secret of at least thirty-two bytes, for HS256';
const TIERS = { free: { dailyBudgetUsd: 0.1 }, pro: { dailyBudgetUsd: 5 }, internal: {} };

/** What administrators of the first may give. */
const TEAMS = { red: { dailyBudgetUsd: 3, tiers: ['free', 'pro'] } };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Whatever JSON came.
  readonly body: any;
}

const historyIn =
  (store: Store, seal: Seal): AdminDeps['history'] =>
  (user, query) =>
    historyOf({ history: store.history, seal }, user, query);

async function buildParts(folder: string, disk: DiskPort | undefined) {
  const clock = systemClock;
  const auditLog = await openUnhurriedLog({
    dir: join(folder, 'audit'),
    chainKey: randomBytes(32),
    checkpointKey: randomBytes(32),
    disk,
  });
  const store = openSqliteStore({ file: join(folder, 'store.db') });
  // On a machine that is busy some may be late: whoever looks for them waits.
  auditLog.follow((entries) => void store.appendEntries(entries).catch(() => undefined));
  const ledger = createEmbeddedLedger();
  const keys = createKeyRing({ store, ledger, pepper: randomBytes(32), clock });
  const failedAttempts = createFailedAttempts({ clock });
  const tokens = createTokenVerifier({
    settings: jwtSchema.parse({ issuer: 'i', audience: 'a', hs256: true, defaults: { tier: 'pro' } }),
    secret: new Secret(JWT_SECRET),
    tiers: new Set(Object.keys(TIERS)),
    digestKey: randomBytes(32),
    clock,
  });
  const containment = createContainment(clock);
  const watching = watchContainment({
    containment,
    store,
    dataDir: folder,
    onChange: () => undefined,
    onFailure: () => undefined,
  });
  const containing = {
    newest: () => watching.newest(),
    change: watching.change.bind(watching),
    release: 'one' as const,
    isTrusted: () => false,
  };
  const authenticator = createAuthenticator({ keys, tokens, failedAttempts, containment, clock });
  const desks = desksOver({ clock, store, auditLog, containing });
  const holds = createHolds(store, ['bound'], clock);
  const endUsers = createEndUsers(randomBytes(32));
  const rules = { keys, endUsers, ...desks, holds, containing, failedAttempts, authenticator };
  return { clock, auditLog, store, ledger, ...rules };
}

type DeskParts = Pick<AdminDeps, 'clock' | 'containing'> & {
  readonly store: Store;
  readonly auditLog: AuditLog;
};

/** Where people decide, and read. */
function desksOver({ clock, store, auditLog, containing }: DeskParts) {
  const seal = createSeal({ present: new Secret(JWT_SECRET) });
  const settings = approvalsSchema.parse({});
  const mask = maskFor(settings, guardrailsSchema.parse({}));
  return {
    approvals: new ApprovalDesk({ store: store.approvals, auditLog, seal, clock, settings, mask }),
    incidents: new IncidentDesk({ store, containing, seal, clock, settings: incidentsSchema.parse({}) }),
    history: historyIn(store, seal),
  };
}

/** What is on disk at this moment, in order. */
function entriesIn(auditDir: string): Entry[] {
  const files = readdirSync(auditDir, { recursive: true, encoding: 'utf8' });
  const lines = files
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(auditDir, name), 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const coverage = () => [{ id: 'chat.completions.create', relayed: true }];

const SETTINGS = {
  rollout: { view: async () => ({ enforce: 'everybody' }), lift: async () => false },
  tiers: TIERS,
  widerKeys: 'tell' as const,
  teams: TEAMS,
  coverage,
  adminKey: ADMIN_KEY,
};

/** Listens at `url`; `close()` removes everything. */
export async function startAdminHouse(disk?: DiskPort) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-admin-'));
  const auditDir = join(folder, 'audit');
  const parts = await buildParts(folder, disk);
  const policy = createPolicy(loadSetup({}), { ...parts, place: 'here' }, createLog('silent'));
  const deps: AdminDeps = { ...parts, ...SETTINGS, policy };
  const app = fastify({ exposeHeadRoutes: false, routerOptions: { maxParamLength: 512 } });
  registerAdmin(app, deps);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await fetch(url + path, { method, ...init });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: /^[{[]/.test(text) ? JSON.parse(text) : undefined,
    };
  }

  return {
    url,
    deps,
    ledger: parts.ledger,
    auditDir,
    send,
    /** With the admin key unless another is given; a body is sent as JSON. */
    call: (method: string, path: string, body?: unknown, key = ADMIN_KEY): Promise<Answer> =>
      send(method, path, {
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    onDisk: () => entriesIn(auditDir),
    async close(): Promise<void> {
      await app.close();
      await parts.auditLog.close();
      await parts.store.close();
      await parts.ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
