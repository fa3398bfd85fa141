/**
 * The policy in force: read anew on a word, checked whole, on record, and only then what the next call goes by. What
 * cannot be used, or cannot change while the process runs, changes nothing.
 */
import { Refusal } from '../base/errors.ts';
import { ConfigError, policyOf, printablePolicy, type Setup } from '../config.ts';
import { policyChange, policyDigest, shownPaths } from '../domain/policy.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Log } from '../server/log.ts';

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
  view(): PolicyView;
  /**
   * One at a time, whole or not at all. The same rules again change nothing.
   * @param by who asked: an operator's name, or `system` for a signal
   * @throws policy.invalid, policy.needs_restart with the paths at fault; audit.unavailable (then nothing was changed)
   */
  reload(by: string): Promise<PolicyView>;
  /** Told of each change before it is on record. A process that names none keeps its rules until it ends. */
  onReload(prepare: Prepare): void;
}

/** In force is what the process was started with. */
export function createPolicy(started: Setup, auditLog: Pick<AuditLog, 'record' | 'note'>, log: Log): Policy {
  return new Held(started, auditLog, log);
}

class Held implements Policy {
  readonly #auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly #log: Log;
  readonly #prepare: Prepare[] = [];
  #since = Date.now();
  #refused: PolicyView['refused'];
  #running: Promise<unknown> = Promise.resolve();
  setup: Setup;
  version: string;

  constructor(started: Setup, auditLog: Pick<AuditLog, 'record' | 'note'>, log: Log) {
    this.#auditLog = auditLog;
    this.#log = log;
    this.setup = started;
    this.version = policyDigest(started.config);
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

  async reload(by: string): Promise<PolicyView> {
    const turn = this.#running.then(() => this.#reload(by));
    this.#running = turn.catch(() => undefined);
    await turn;
    return this.view();
  }

  async #reload(by: string): Promise<void> {
    const read = this.#read(by);
    const { changed, needRestart } = policyChange(wholeOf(this.setup), wholeOf(read));
    const beyond = this.#prepare.length === 0 ? [...needRestart, ...changed] : needRestart;
    if (beyond.length > 0) throw this.#refuse(by, 'policy.needs_restart', beyond);
    if (changed.length === 0) {
      this.#refused = undefined;
      return;
    }
    const next: Setup = { ...this.setup, config: { ...this.setup.config, ...policyOf(read.config) } };
    const version = policyDigest(next.config);
    const commits = this.#prepare.map((prepare) => prepare(next));
    const metadata = { version, previous: this.version, changed: shownPaths(changed) };
    await this.#auditLog.record(entry(by, 'policy.applied', 'success', metadata));
    for (const commit of commits) commit();
    this.setup = next;
    this.version = version;
    this.#since = Date.now();
    this.#refused = undefined;
    this.#log.warn(metadata, 'another policy holds');
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

  #refuse(by: string, code: 'policy.invalid' | 'policy.needs_restart', all: readonly string[]): Refusal {
    const paths = shownPaths(all);
    this.#refused = { at: new Date().toISOString(), paths };
    this.#log.error({ code, paths }, 'the policy was not changed');
    this.#auditLog.note(entry(by, 'policy.refused', 'failure', { code, version: this.version, paths }));
    return new Refusal(code, { param: paths.join(', ').slice(0, PARAM_CHARS_MAX) });
  }
}

const PARAM_CHARS_MAX = 1000;

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
