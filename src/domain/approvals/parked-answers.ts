/**
 * Answers that wait for approvals: kept sealed, handed out once, to whom they were for, byte for byte. Closed by
 * default: an answer whose handing out broke off is gone.
 */
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import type { ApprovalRecord, ParkedAnswer } from '../../ports/approval-store.ts';
import type { ApprovalDeskOptions } from './approval-desk.ts';
import { approvalEntry } from './approval-entries.ts';
import type { Approvals, Asker, Claimed, HeldAnswer } from './approvals.ts';

const ANSWER_BYTES_MAX = 4_194_304;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SEALED_FOR = 'parked answer';

type Options = Pick<ApprovalDeskOptions, 'store' | 'auditLog' | 'seal' | 'clock' | 'settings'>;
type Ended = Exclude<Claimed, { readonly outcome: 'unknown' }>;

/** Over the same store as the approvals. */
export class ParkedAnswers {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @throws upstream.overran, rate.approvals, access.not_found, audit.unavailable, store.unavailable */
  async park(
    ids: readonly string[],
    answer: HeldAnswer,
    { user, endUser, requestDigest }: Asker & { requestDigest: string },
  ): Promise<void> {
    const { store, auditLog, seal, clock, settings } = this.#options;
    if (answer.body.length > ANSWER_BYTES_MAX) throw new Refusal('upstream.overran');
    const first = await this.#own({ user, endUser }, ids[0] ?? '');
    if (!first) throw new Refusal('access.not_found');
    const id = uuidv7();
    const sealed = seal.seal(bytesOf(answer), [SEALED_FOR, user, id]);
    const said = { approvals: ids, bytes: answer.body.length };
    await auditLog.record(approvalEntry('parked', 'pending', first, said));
    const parked = { id, user, endUser, approvals: ids, requestDigest, parkedAt: clock.now() };
    const isKept = await store.park(
      { ...parked, answer: sealed.toString('base64') },
      settings.pendingPerUserMax,
    );
    auditLog.note(approvalEntry('parked', isKept ? 'success' : 'failure', first, said));
    if (!isKept) throw new Refusal('rate.approvals');
  }

  /** @throws audit.unavailable, store.unavailable */
  async claim(...[asker, by, policyVersion, check]: Parameters<Approvals['claim']>): Promise<Claimed> {
    const { store } = this.#options;
    if ('approval' in by && !UUID.test(by.approval)) return UNKNOWN;
    for (let tries = 0; tries <= this.#options.settings.pendingPerUserMax; tries++) {
      const parked = await store.findParked(asker.user, by);
      if (!parked) return 'approval' in by ? await this.#afterwards(asker, by.approval) : UNKNOWN;
      // Equal requests of two end users have different digests: it was asked for by an id that is another's.
      if (parked.endUser !== asker.endUser) return UNKNOWN;
      const claimed = await this.#claimed(parked, policyVersion, check);
      if (claimed.outcome === 'pending') return claimed;
      if (claimed.outcome !== 'released') await store.unpark(parked.id);
      // The same request again, whose approval another answer has used: the question is to be asked anew.
      if (claimed.outcome === 'used' && 'requestDigest' in by) continue;
      return claimed;
    }
    return UNKNOWN;
  }

  async #claimed(
    parked: ParkedAnswer,
    policyVersion: string,
    check: (answer: HeldAnswer) => void,
  ): Promise<Ended> {
    const { clock, auditLog } = this.#options;
    const now = clock.now();
    const records = await Promise.all(parked.approvals.map((id) => this.#own(parked, id)));
    const found = records.filter((record) => record !== undefined);
    const [first] = found;
    if (!first || found.length < records.length) return { outcome: 'expired', id: parked.approvals[0] ?? '' };
    const ended = worst(found, now, policyVersion);
    if (ended) return ended;
    const answer = this.#open(parked);
    // Sealed by a secret that is known no more.
    if (!answer) return { outcome: 'expired', id: first.id };
    check(answer);
    const said = { approvals: parked.approvals };
    await auditLog.record(approvalEntry('released', 'pending', first, said));
    const isTaken = await this.#release(parked, found, now);
    auditLog.note(approvalEntry('released', isTaken ? 'success' : 'failure', first, said));
    return isTaken ? { outcome: 'released', id: first.id, answer } : { outcome: 'used', id: first.id };
  }

  /** Of many at once, one takes it away; only then its approvals are used, so that nobody clears it away before. */
  async #release(parked: ParkedAnswer, records: readonly ApprovalRecord[], now: number): Promise<boolean> {
    const { store } = this.#options;
    if (!(await store.unpark(parked.id))) return false;
    for (const record of records) if (!(await store.use(record.id, record, now))) return false;
    return true;
  }

  #open({ id, user, answer }: ParkedAnswer): HeldAnswer | undefined {
    const bytes = this.#options.seal.open(Buffer.from(answer, 'base64'), [SEALED_FOR, user, id]);
    return bytes && answerFrom(bytes);
  }

  /** Of an approval without an answer: how it ended, to whom it is. */
  async #afterwards(asker: Asker, id: string): Promise<Claimed> {
    const record = await this.#own(asker, id);
    if (!record || record.state === 'pending' || record.state === 'approved') return UNKNOWN;
    return { outcome: record.state === 'withdrawn' ? 'expired' : record.state, id };
  }

  async #own({ user, endUser }: Asker, id: string): Promise<ApprovalRecord | undefined> {
    const record = await this.#options.store.get(id);
    return record?.user === user && record.endUser === endUser ? record : undefined;
  }
}

const UNKNOWN: Claimed = { outcome: 'unknown' };

/** Why the answer may not go, the gravest reason first; undefined where all is approved, in time, under these rules. */
function worst(records: readonly ApprovalRecord[], now: number, policyVersion: string): Ended | undefined {
  const isOver = (record: ApprovalRecord): boolean =>
    record.expiresAt <= now ||
    record.policyVersion !== policyVersion ||
    record.state === 'expired' ||
    record.state === 'withdrawn';
  const reasons: readonly (readonly [
    'denied' | 'used' | 'expired' | 'pending',
    (r: ApprovalRecord) => boolean,
  ])[] = [
    ['denied', ({ state }) => state === 'denied'],
    ['used', ({ state }) => state === 'used'],
    ['expired', isOver],
    ['pending', ({ state }) => state === 'pending'],
  ];
  for (const [outcome, holds] of reasons) {
    const record = records.find(holds);
    if (record) return { outcome, id: record.id };
  }
  return undefined;
}

const headSchema = z.object({
  status: z.number(),
  contentType: z.string(),
  headers: z.record(z.string(), z.string()),
  /** '' of one that was parked before it was kept. */
  operation: z.string().default(''),
  model: z.string().optional(),
});

/** A line of JSON, then the body as it is. */
function bytesOf({ body, ...head }: HeldAnswer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

function answerFrom(bytes: Buffer): HeldAnswer {
  const end = bytes.indexOf(0x0a);
  const head = headSchema.parse(JSON.parse(bytes.subarray(0, end).toString()));
  return { ...head, body: bytes.subarray(end + 1) };
}
