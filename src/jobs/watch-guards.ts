/**
 * Has every control of the house tried at an interval, with some jitter, and says on record which did not fire. A control
 * that is silent is told at every run, so that what is open stays to be seen.
 */
import {
  GuardLiveness,
  type GuardStatus,
  type LivenessSettings,
  type Verdict,
} from '../domain/incidents/liveness.ts';
import type { AuditLog } from '../ports/audit-log.ts';

export interface WatchGuardsOptions {
  readonly settings: LivenessSettings;
  /** Tries all of them; ends soon after the signal does. Never rejects. */
  readonly run: (signal: AbortSignal) => Promise<readonly Verdict[]>;
  readonly auditLog: Pick<AuditLog, 'note'>;
  /** For metrics and the log. */
  readonly onVerdicts: (verdicts: readonly Verdict[], silent: readonly GuardStatus[]) => void;
}

/** At work until stopped. */
export interface WatchGuards {
  /** Undefined while nothing is known to be wrong: for `/readyz`. */
  reason(): string | undefined;
  list(): readonly GuardStatus[];
  /** Another policy holds: what it promises is tried at once. */
  soon(): void;
  /** What is under way is broken off. */
  stop(): Promise<void>;
}

/** While something is not known yet. */
const RETRY_MS = 1000;
/** So that processes that were started together do not try at one moment: ±10 %. */
const JITTER = 0.2;

/** The first run begins now. */
export function watchGuards(options: WatchGuardsOptions): WatchGuards {
  return new Watch(options);
}

class Watch implements WatchGuards {
  readonly #options: WatchGuardsOptions;
  readonly #liveness = new GuardLiveness();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Asked for while one was under way. */
  #again = false;

  constructor(options: WatchGuardsOptions) {
    this.#options = options;
    this.soon();
  }

  reason(): string | undefined {
    return this.#liveness.reason();
  }

  list(): readonly GuardStatus[] {
    return this.#liveness.list();
  }

  soon(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#again = this.#running !== undefined;
    this.#running ??= this.#run().finally(() => this.#next());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { run, settings, auditLog, onVerdicts } = this.#options;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(settings.timeoutMs)]);
    const verdicts = await run(signal);
    if (this.#stopping.signal.aborted) return;
    const { silent, recovered } = this.#liveness.take(verdicts, Date.now());
    for (const one of silent) auditLog.note(entry('guard.silent', 'failure', one));
    for (const one of recovered) auditLog.note(entry('guard.recovered', 'success', one));
    onVerdicts(verdicts, silent);
  }

  #next(): void {
    this.#running = undefined;
    if (this.#stopping.signal.aborted) return;
    const everyMs = this.#options.settings.everySeconds * 1000;
    const isKnown = this.list().every(({ result }) => result !== 'unknown');
    const inMs = this.#again ? 0 : isKnown ? everyMs : Math.min(RETRY_MS, everyMs);
    this.#timer = setTimeout(() => this.soon(), inMs * (1 + JITTER * (Math.random() - 0.5))).unref();
  }
}

function entry(action: string, status: 'success' | 'failure', { control, reason }: GuardStatus) {
  return { userId: 'system', action, resource: control, status, metadata: { reason } };
}
