/**
 * The desk where approvals are asked for, decided and used, over one store for all processes. Each step is on record
 * before it has an effect; nobody decides what they called for themselves.
 */
import { hash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Seal } from '../../base/seal.ts';
import type { ScreenPolicy } from '../../guardrails/screening.ts';
import {
  approvalAt,
  type ApprovalRecord,
  type ApprovalStore,
  type ApprovalState,
} from '../../ports/approval-store.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { approvalEntry, recordedTool } from './approval-entries.ts';
import { shownCall } from './approval-rendering.ts';
import type { ApprovalsSettings } from './approval-settings.ts';
import { ApprovalWaits } from './approval-waits.ts';
import type {
  ApprovalRequest,
  Approvals,
  ApprovedCall,
  Asked,
  Asker,
  Claimed,
  Decided,
  Decider,
  HeldAnswer,
} from './approvals.ts';
import { canonicalArguments } from '../tools/canonical-arguments.ts';
import { ParkedAnswers } from './parked-answers.ts';

/** What the desk works with. */
export interface ApprovalDeskOptions {
  readonly store: ApprovalStore;
  readonly auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly seal: Seal;
  /** Nobody is told without one. */
  readonly notifier?: Notifier | undefined;
  readonly clock: Clock;
  readonly settings: ApprovalsSettings;
  /** What is hidden from people who decide, read anew for each question: `maskFor`. */
  readonly mask: ScreenPolicy;
}

const TOOL_CHARS_MAX = 256;
const OVERDUE_AT_A_TIME = 100;
const LEAVE_TRIES_MAX = 5;

/** For callers by `Approvals`; the rest is for people who decide, and for the job that ends what is over. */
export class ApprovalDesk implements Approvals {
  readonly #options: ApprovalDeskOptions;
  readonly #waits: ApprovalWaits;
  readonly #parked: ParkedAnswers;

  constructor(options: ApprovalDeskOptions) {
    this.#options = options;
    this.#waits = new ApprovalWaits(options.store);
    this.#parked = new ParkedAnswers(options);
  }

  async ask(request: ApprovalRequest): Promise<Asked> {
    const { store, auditLog, clock } = this.#options;
    if (request.tool.length > TOOL_CHARS_MAX) throw new Refusal('tool.denied');
    const record = this.#questionOf(request, clock.now());
    const joined = await store.join(record, clock.now());
    if (joined) return await this.#joined(joined, request.exchange);
    await auditLog.record(approvalEntry('asked', 'pending', record, { expiresAt: record.expiresAt }));
    const kept = await this.#put(record).catch((error: unknown) => {
      auditLog.note(approvalEntry('asked', 'failure', record, { code: 'store.unavailable' }));
      throw error;
    });
    if (!kept) {
      auditLog.note(approvalEntry('asked', 'failure', record, { code: 'rate.approvals' }));
      throw new Refusal('rate.approvals');
    }
    if (kept.id !== record.id) {
      auditLog.note(approvalEntry('asked', 'failure', record, { joined: kept.id }));
      return await this.#joined(kept, request.exchange);
    }
    auditLog.note(approvalEntry('asked', 'success', record));
    void this.#tellTeam(record);
    return { id: record.id, expiresAt: record.expiresAt, isShared: false };
  }

  async wait({ id, expiresAt }: Pick<Asked, 'id' | 'expiresAt'>, signal: AbortSignal): Promise<Decided> {
    const state = await this.#waits.first(id, expiresAt - this.#options.clock.now(), signal);
    if (state !== undefined) return decidedBy(state);
    // Over by our clock; what was decided in the last moment counts.
    const record = await this.#options.store.get(id).catch(() => undefined);
    if (record?.state === 'pending') await this.#expire(record).catch(() => undefined);
    return record === undefined || record.state === 'pending' ? 'expired' : decidedBy(record.state);
  }

  async take(id: string, call: ApprovedCall): Promise<boolean> {
    const { store, auditLog, clock } = this.#options;
    const record = await store.get(id);
    const argumentsDigest = digestFor(call, canonicalArguments(call.arguments).digest);
    if (record?.user !== call.user || record.endUser !== call.endUser) return false;
    await auditLog.record(approvalEntry('used', 'pending', record));
    const { user, tool, policyVersion } = call;
    const taken = await store.use(id, { user, tool, policyVersion, argumentsDigest }, clock.now());
    auditLog.note(approvalEntry('used', taken ? 'success' : 'failure', record));
    return taken;
  }

  async withdraw(id: string): Promise<void> {
    const { store, auditLog } = this.#options;
    for (let tries = 0; tries < LEAVE_TRIES_MAX; tries++) {
      const record = await store.get(id);
      if (record?.state !== 'pending' && record?.state !== 'approved') return;
      const isLast = record.askers <= 1;
      if (isLast) await auditLog.record(approvalEntry('withdrawn', 'success', record));
      if (!(await store.leave(id, record.askers))) continue;
      if (isLast) this.#waits.tell(id, 'withdrawn');
      return;
    }
  }

  async park(
    ids: readonly string[],
    answer: HeldAnswer,
    of: Asker & { requestDigest: string },
  ): Promise<void> {
    await this.#parked.park(ids, answer, of);
  }

  async claim(...asked: Parameters<Approvals['claim']>): Promise<Claimed> {
    return await this.#parked.claim(...asked);
  }

  /** Newest first. @throws store.unavailable */
  async list(filter: {
    state?: ApprovalState | undefined;
    user?: string | undefined;
    limit: number;
  }): Promise<readonly ApprovalRecord[]> {
    const { store, clock } = this.#options;
    return await store.list({ ...filter, at: clock.now() });
  }

  /** As it is now. @throws access.not_found, store.unavailable */
  async find(id: string): Promise<ApprovalRecord> {
    const { store, clock } = this.#options;
    const record = await store.get(id);
    if (!record) throw new Refusal('access.not_found');
    return approvalAt(record, clock.now());
  }

  /** What a person is shown, and what was noted; undefined where the secret that sealed it is not known any more. */
  contentOf({ id, user, shown, note }: ApprovalRecord): {
    text: string | undefined;
    note: string | undefined;
  } {
    const open = (sealed: string | undefined, what: string): string | undefined =>
      sealed === undefined
        ? undefined
        : this.#options.seal.open(Buffer.from(sealed, 'base64'), [what, user, id])?.toString();
    return { text: open(shown, SHOWN), note: open(note, NOTE) };
  }

  /**
   * Whether this person may decide this, having seen that.
   * @param seen digest of what was seen, if it is said
   * @throws approval.own, approval.decided, approval.seen
   */
  checkDecision(record: ApprovalRecord, decider: Decider, seen: string | undefined): void {
    const isSpokenFor = record.endUser !== undefined && decider.asEndUser?.includes(record.endUser);
    if (decider.user === record.user || decider.credential === record.credential || isSpokenFor)
      throw new Refusal('approval.own');
    if (approvalAt(record, this.#options.clock.now()).state !== 'pending')
      throw new Refusal('approval.decided');
    if (seen !== undefined && seen !== record.seen) throw new Refusal('approval.seen');
  }

  /** What `checkDecision` let pass and is on record. @throws approval.decided if another was faster, store.unavailable */
  async decide(
    record: ApprovalRecord,
    decider: Decider,
    { state, note }: { state: 'approved' | 'denied'; note?: string | undefined },
  ): Promise<ApprovalRecord> {
    const { store, seal, clock, settings } = this.#options;
    const decidedAt = clock.now();
    const decision = {
      state,
      decidedBy: decider.user,
      decidedAt,
      expiresAt: state === 'approved' ? decidedAt + settings.useWithinS * 1000 : record.expiresAt,
      note: note && seal.seal(note, [NOTE, record.user, record.id]).toString('base64'),
    };
    if (!(await store.decide(record.id, decision))) throw new Refusal('approval.decided');
    this.#waits.tell(record.id, state);
    return { ...record, ...decision };
  }

  /** Ends what is over. @throws audit.unavailable, store.unavailable */
  async sweep(): Promise<void> {
    const { store, clock } = this.#options;
    for (const record of await store.overdue(clock.now(), OVERDUE_AT_A_TIME)) await this.#expire(record);
  }

  /** Deletes what was over so long ago, and answers that nobody can claim any more; `held`: of whom nothing. @throws as above */
  async prune(keptMs: number, held: () => Promise<'all' | readonly string[]>): Promise<void> {
    const { store, auditLog, clock, settings } = this.#options;
    const now = clock.now();
    if ((await store.list({ limit: 1, at: now })).length === 0) return;
    const before = {
      over: now - keptMs,
      parked: now - (settings.decideWithinS + settings.useWithinS) * 1000,
    };
    const entry = { userId: 'system', action: 'approval.pruned', resource: 'approvals' };
    await auditLog.record({ ...entry, status: 'pending', metadata: { before } });
    const except = await held();
    const gone = except === 'all' ? { approvals: 0, answers: 0 } : await store.prune(before, except);
    auditLog.note({ ...entry, status: 'success', metadata: { ...gone } });
  }

  #questionOf(request: ApprovalRequest, askedAt: number): ApprovalRecord {
    const { seal, settings, mask } = this.#options;
    const { user, team, endUser, credential, exchange, tool, place, policyVersion } = request;
    const expiresAt = Math.min(request.expiresAt ?? Infinity, askedAt + settings.decideWithinS * 1000);
    const canonical = canonicalArguments(request.arguments);
    const times = { askedAt, expiresAt };
    const call = { id: uuidv7(), user, team, endUser, credential, exchange, tool, policyVersion, ...times };
    const { text, digest } = shownCall({ ...call, place, arguments: canonical }, mask);
    return {
      ...call,
      argumentsDigest: digestFor(request, canonical.digest),
      state: 'pending',
      askers: 1,
      shown: seal.seal(text, [SHOWN, user, call.id]).toString('base64'),
      seen: digest,
    };
  }

  /** Once more where one that is over was in the way. */
  async #put(record: ApprovalRecord): Promise<ApprovalRecord | undefined> {
    const { store, settings } = this.#options;
    const bounds = {
      pendingMax: settings.pendingMax,
      pendingPerUserMax: settings.pendingPerUserMax,
      perMinuteMax: settings.askedPerMinuteMax,
    };
    const kept = await store.ask(record, bounds);
    if (kept) return kept;
    await this.sweep();
    return await store.ask(record, bounds);
  }

  async #joined(record: ApprovalRecord, exchange: string): Promise<Asked> {
    await this.#options.auditLog.record(approvalEntry('joined', 'success', record, { exchange }));
    return { id: record.id, expiresAt: record.expiresAt, isShared: true };
  }

  /** Behind the caller's back; nobody is told of what is not on record. */
  async #tellTeam(record: ApprovalRecord): Promise<void> {
    const { notifier, auditLog } = this.#options;
    if (!notifier || notifier.receivers === 0) return;
    const told = { receivers: notifier.receivers };
    try {
      await auditLog.record(approvalEntry('notified', 'pending', record, told));
      const queued = notifier.notify({
        kind: 'approval.asked',
        text: `${record.user} waits for the approval of a call of ${recordedTool(record.tool) ?? 'a tool whose name only the page shows'}`,
        path: `/console/approvals#${record.id}`,
        id: record.id,
      });
      auditLog.note(approvalEntry('notified', queued ? 'success' : 'failure', record, told));
    } catch {
      // Whoever looks at the list sees it.
    }
  }

  async #expire(record: ApprovalRecord): Promise<void> {
    const { store, auditLog, clock } = this.#options;
    await auditLog.record(approvalEntry('expired', 'success', record));
    if (await store.expire(record.id, clock.now())) this.#waits.tell(record.id, 'expired');
  }
}

/** Two end users never share an approval, whatever they call; nor do tools of one name at two places. */
function digestFor({ endUser, place }: Pick<ApprovedCall, 'endUser' | 'place'>, digest: string): string {
  const called = place === undefined ? digest : hash('sha256', `${digest} ${place}`);
  return endUser === undefined ? called : hash('sha256', `${endUser} ${called}`);
}

/** What sealed texts are bound to, with whose and which. */
const SHOWN = 'approval';
const NOTE = 'approval note';

/** What was used by another that shared it was approved; whoever comes second is told by `take`. */
function decidedBy(state: ApprovalState): Decided {
  return state === 'used' ? 'approved' : state === 'pending' ? 'expired' : state;
}
