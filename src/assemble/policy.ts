/**
 * The policy in force: read anew on a word, checked whole, on record, and only then what the next call goes by. What
 * cannot be used, or cannot change while the process runs, changes nothing.
 */
import { systemClock } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import { fieldAt } from '../base/field-name.ts';
import { ConfigError, policyOf, printablePolicy, type Setup } from '../config.ts';
import { isHarmless } from '../domain/requests/harmless.ts';
import { policyChange, policyDigest, shownPaths } from '../domain/policy/policy.ts';
import { LastPolicies } from '../domain/policy/last-policies.ts';
import { type BreakGlass, HOST, PolicyProposals, type Proposal } from '../domain/policy/policy-proposals.ts';
import { type Weakening, weakenings } from '../domain/weakening/weakening.ts';
import type { PolicyTree } from '../domain/weakening/weakening-rules.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Log } from '../server/log.ts';
import type { Engines } from './engines.ts';
import { canHold, comparedAtStart, comparedOf, holding, weakerStartOf } from './policy-start.ts';
import { PRODUCT } from './product.ts';

/** Makes everything that goes by a policy, and puts it in the place of what is there when it is called. */
export type Prepare = (next: Setup) => () => void;

/** For operators: which rules hold, since when, and what came of the last try to change them in vain. */
export interface PolicyView {
  readonly version: string;
  /** ISO 8601. */
  readonly since: string;
  /** Newer than `since`, or left out. */
  readonly refused?: { readonly at: string; readonly paths: readonly string[] };
  readonly policy: unknown;
}

/** What holds, and the way to change it. */
export interface Policy {
  /** With the rules in force; asked anew for each use. */
  readonly setup: Setup;
  readonly version: string;
  /** The same as it is compared for what is weaker; the same object while it holds. */
  readonly compared: PolicyTree;
  view(): PolicyView;
  /**
   * Once, when all who go by the policy are there. What the files say is compared with what held before the start: what is weaker
   * waits for a second person as a reload does, and what held goes on holding; or it is told (`policy.weakerStart`).
   * @throws audit.unavailable, store.unavailable: then it is to be asked again; ConfigError where what held cannot go on
   */
  begin(): Promise<void>;
  /**
   * One at a time, whole or not at all. The same rules again change nothing.
   * What is weaker waits for a second person where there are two administrators, or holds for some hours by `breakGlass`.
   * @param by who asked: an operator's name, or `system` for a signal
   * @throws policy.invalid, policy.needs_restart, policy.needs_second with the paths at fault; audit.unavailable,
   * store.unavailable (then nothing was changed)
   */
  reload(by: string, breakGlass?: BreakGlass): Promise<PolicyView>;
  /** What somebody else proposed: a weaker policy is read again, and in force if it is still that; a change is theirs to make. @throws as `reload` */
  confirm(digest: string, by: string): Promise<PolicyView>;
  readonly proposals: PolicyProposals;
  /** Told of each change before it is on record. A process that names none keeps its rules until it ends. */
  onReload(prepare: Prepare): void;
}

/** In force is what the process was started with. */
export function createPolicy(
  started: Setup,
  { auditLog, store, place }: Pick<Engines, 'auditLog' | 'store' | 'place'>,
  log: Log,
): Policy {
  const proposals = new PolicyProposals({ store, clock: systemClock });
  return new Held(started, { auditLog, proposals, last: new LastPolicies(store, place, systemClock), log });
}

interface HeldDeps {
  readonly auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly proposals: PolicyProposals;
  readonly last: LastPolicies;
  readonly log: Log;
}

class Held implements Policy {
  readonly #auditLog: HeldDeps['auditLog'];
  readonly #last: LastPolicies;
  readonly #log: Log;
  readonly #prepare: Prepare[] = [];
  #since = Date.now();
  #refused: PolicyView['refused'];
  #running: Promise<unknown> = Promise.resolve();
  readonly proposals: PolicyProposals;
  setup: Setup;
  version: string;
  compared: PolicyTree;

  constructor(started: Setup, { auditLog, proposals, last, log }: HeldDeps) {
    this.#auditLog = auditLog;
    this.proposals = proposals;
    this.#last = last;
    this.#log = log;
    this.setup = started;
    this.version = policyDigest(started.config);
    this.compared = comparedOf(started);
  }

  onReload(prepare: Prepare): void {
    this.#prepare.push(prepare);
  }

  view(): PolicyView {
    return {
      version: this.version,
      since: new Date(this.#since).toISOString(),
      ...(this.#refused && { refused: this.#refused }),
      policy: printablePolicy(this.setup),
    };
  }

  async begin(): Promise<void> {
    await this.#next(() => this.#begin());
  }

  async reload(by: string, breakGlass?: BreakGlass): Promise<PolicyView> {
    await this.#next(() => this.#reload(by, breakGlass));
    return this.view();
  }

  async confirm(digest: string, by: string): Promise<PolicyView> {
    const { change } = await this.proposals.confirm(digest, by);
    return change ? this.view() : await this.reload(by);
  }

  async #next(step: () => Promise<void>): Promise<void> {
    const turn = this.#running.then(step);
    this.#running = turn.catch(() => undefined);
    await turn;
  }

  async #begin(): Promise<void> {
    const last = await this.#last.find();
    const weaker = last ? weakenings(last.compared, comparedAtStart(this.setup)) : [];
    if (last === undefined || weaker.length === 0) return await this.#keep();
    const before = canHold(last, weaker) && this.#prepare.length > 0 ? holding(this.setup, last) : undefined;
    const from = before && policyDigest(before.config);
    const grant = from === undefined ? undefined : await this.proposals.grant({ digest: this.version, from });
    if (grant || !(await this.proposals.needsSecond(HOST))) {
      await this.#tellWeaker('success', weaker, { granted: grant?.state ?? 'oneAdministrator' });
      if (before && grant?.state === 'breakGlass') return this.#returnAt(grant.until, before, ['restart']);
      return await this.#keep();
    }
    if (before === undefined || from === undefined || weakerStartOf(last) === 'tell') {
      await this.#tellWeaker('failure', weaker, { held: false });
      return await this.#keep();
    }
    await this.proposals.propose({ digest: this.version, from }, HOST, weaker);
    await this.#tellWeaker('failure', weaker, { held: true });
    const { changed } = policyChange(wholeOf(this.setup), wholeOf(before));
    await this.#apply(HOST, before, changed, { granted: 'heldBefore' });
  }

  /** Loudly: whoever wrote the files thinks that they hold. */
  async #tellWeaker(
    status: 'success' | 'failure',
    weaker: readonly Weakening[],
    more: object,
  ): Promise<void> {
    const places = shownPaths(weaker.map(({ pointer }) => pointer));
    const metadata = { version: this.version, weaker: places, ...more };
    this.#log[status === 'success' ? 'warn' : 'error'](
      metadata,
      'this start is weaker than what held before it',
    );
    await this.#auditLog.record(entry(HOST, 'policy.weaker_start', status, metadata));
  }

  /** What holds now is what a later start is compared with. */
  async #keep(): Promise<void> {
    await this.#last.keep({ product: PRODUCT.version, compared: { ...comparedAtStart(this.setup) } });
  }

  async #reload(by: string, breakGlass: BreakGlass | undefined): Promise<void> {
    const read = this.#read(by);
    const { changed, needRestart } = policyChange(wholeOf(this.setup), wholeOf(read));
    const beyond = this.#prepare.length === 0 ? [...needRestart, ...changed] : needRestart;
    if (beyond.length > 0) throw this.#refuse(by, 'policy.needs_restart', beyond);
    if (changed.length === 0) {
      this.#refused = undefined;
      return;
    }
    const next: Setup = { ...this.setup, config: { ...this.setup.config, ...policyOf(read.config) } };
    const before = this.setup;
    const grant = await this.#grantFor(by, next, breakGlass);
    if (grant?.state === 'breakGlass')
      await this.#auditLog.record(entry(by, 'policy.break_glass', 'failure', told(grant)));
    await this.#apply(by, next, changed, grant && { granted: grant.state, second: grant.second });
    if (grant?.state === 'breakGlass') return this.#returnAt(grant.until, before, changed);
    // Of what is stronger less is lost than of a reload that fails for it.
    await this.#keep().catch((err: unknown) => this.#log.warn({ err }, 'what holds now was not kept'));
  }

  /** What lets it pass where it is weaker; undefined where nothing need. @throws policy.needs_second, store.unavailable */
  async #grantFor(
    by: string,
    next: Setup,
    breakGlass: BreakGlass | undefined,
  ): Promise<Proposal | undefined> {
    const weaker = weakenings(this.compared, comparedOf(next));
    if (weaker.length === 0 || !(await this.proposals.needsSecond(by))) return undefined;
    const step = { digest: policyDigest(next.config), from: this.version };
    const known = await this.proposals.grant(step);
    if (known) return known;
    if (breakGlass) return await this.proposals.breakGlass(step, by, weaker, breakGlass);
    await this.proposals.propose(step, by, weaker);
    throw this.#refuse(
      by,
      'policy.needs_second',
      weaker.map(({ pointer }) => fieldAt(pointer)),
    );
  }

  async #apply(by: string, next: Setup, changed: readonly string[], more: object = {}): Promise<void> {
    const version = policyDigest(next.config);
    const commits = this.#prepare.map((prepare) => prepare(next));
    const metadata = { version, previous: this.version, changed: shownPaths(changed), ...more };
    await this.#auditLog.record(entry(by, 'policy.applied', 'success', metadata));
    for (const commit of commits) commit();
    this.setup = next;
    this.version = version;
    this.compared = comparedOf(next);
    this.#since = Date.now();
    this.#refused = undefined;
    this.#log.warn(metadata, 'another policy holds');
  }

  /** The policy before holds again then, unless another has taken the place of this one. */
  #returnAt(until: number, before: Setup, changed: readonly string[]): void {
    const { version } = this;
    const back = async (): Promise<void> => {
      if (this.version !== version) return;
      await this.#apply('system', before, changed, { granted: 'breakGlassEnded' });
    };
    const turn = (): void =>
      void this.#next(back).catch((err: unknown) => {
        this.#log.error({ err }, 'the policy before could not be put in force again; tried again');
        setTimeout(turn, AGAIN_MS).unref();
      });
    setTimeout(turn, Math.max(0, until - Date.now())).unref();
  }

  /** @throws policy.invalid */
  #read(by: string): Setup {
    try {
      return this.setup.reread();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#log.error({ faults: error.faults }, 'the configuration is not usable; the last policy stays');
      throw this.#refuse(by, 'policy.invalid', [...new Set(error.faults.map(({ path }) => path))]);
    }
  }

  #refuse(
    by: string,
    code: `policy.${'invalid' | 'needs_restart' | 'needs_second'}`,
    all: readonly string[],
  ): Refusal {
    const paths = shownPaths(all);
    this.#refused = { at: new Date().toISOString(), paths };
    this.#log.error({ code, paths }, 'the policy was not changed');
    this.#auditLog.note(entry(by, 'policy.refused', 'failure', { code, version: this.version, paths }));
    return new Refusal(code, { param: paths.join(', ').slice(0, PARAM_CHARS_MAX) });
  }
}

const PARAM_CHARS_MAX = 1000;
const AGAIN_MS = 1000;

/** A reason is a person's words. */
function told({ digest, until, weaker, reason = '' }: Proposal): Readonly<Record<string, unknown>> {
  const places = shownPaths(weaker.map(({ pointer }) => pointer));
  return {
    version: digest,
    until: new Date(until).toISOString(),
    weaker: places,
    reason: isHarmless(reason) ? reason : '[hidden]',
  };
}

/** All that counts; a key that is followed in its file is not of it. */
function wholeOf({ environment, config }: Setup): Readonly<Record<string, unknown>> {
  if (config.upstream.apiKeyFile === undefined) return { environment, ...config };
  const { OPENAI_API_KEY: _, ...variables } = environment;
  const { apiKey: __, ...upstream } = config.upstream;
  return { environment: variables, ...config, upstream };
}

function entry(userId: string, action: string, status: 'success' | 'failure', metadata: object) {
  return { userId, action, resource: 'policy', status, metadata: { ...metadata } };
}
