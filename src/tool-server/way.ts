/**
 * The way of a call of a tool, on one screen; the same rules in the same order as for calls of a model. Nothing runs
 * before it is on record, and every ending is.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { fieldAt } from '../base/field-name.ts';
import { keyedDigest } from '../base/secret.ts';
import { type Approvals, type ApprovedCall } from '../domain/approvals/approvals.ts';
import type { Authenticator } from '../domain/callers/authentication.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { FailedAttempts } from '../domain/callers/failed-attempts.ts';
import { checkFloods, countRefusal } from '../domain/limits/floods.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { notAdmitted, type Remembering } from '../domain/limits/not-admitted.ts';
import { permit } from '../domain/callers/permissions.ts';
import { allowsFunction, checkToolCall, type ToolPolicy } from '../domain/tools/tools.ts';
import type { JsonBody } from '../openai/body.ts';
import { parseJson } from '../openai/json.ts';
import { type AuditLog, NotKept } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { RunTool, ToolArguments, ToolRunner } from '../ports/tool-runner.ts';
import { callerSpeaking, type EndUserDeps } from '../stages/assert-end-user.ts';
import { lookAhead } from '../stages/look-ahead.ts';
import type { InputSchema } from './input-schema.ts';
import { intentEntry, outcomeEntry, refusalEntry } from './records.ts';
import { screenArguments, screenOutput, type ToolScreening } from './screening.ts';
import type { ToolCall } from './tool-call.ts';

/** A registered tool. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: InputSchema;
  /** Where arguments do not fit; undefined: they do. */
  readonly misfit: (args: unknown) => string | undefined;
  readonly runner: ToolRunner;
}

export interface ToolWayDeps extends Remembering, Omit<EndUserDeps, 'limiting'> {
  readonly tools: Pick<ReadonlyMap<string, Tool>, 'get' | 'values'>;
  readonly toolPolicyOf: (caller: Caller) => ToolPolicy;
  /** Approvals are bound to it. */
  readonly policyVersion: string;
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  readonly limiting: Limiting;
  readonly ledger: Ledger;
  readonly auditLog: AuditLog;
  readonly approvals: Pick<Approvals, 'ask' | 'take'>;
  readonly screening: ToolScreening;
  readonly digestKey: Buffer;
  readonly runsMax: number;
}

/** What a call asks for. */
export interface Asked {
  readonly name: string;
  /** As the model wrote them, UTF-8. */
  readonly arguments: Buffer;
  /** Of an approval that was given for it. */
  readonly approval: string | undefined;
}

export interface ToolWay {
  /** Says who calls. @throws auth.*, access.*, rate.*, store.unavailable */
  enter(call: ToolCall): Promise<Caller>;
  /** Those the caller may call, in the order of the configuration. */
  allowed(caller: Caller): readonly Tool[];
  /** The text of the tool as it may leave. @throws any Refusal */
  run(call: ToolCall, caller: Caller, asked: Asked): Promise<string>;
  /** Once, after everything: settles, and puts the outcome or the refusal on record. */
  close(call: ToolCall): void;
}

/** What a key that is bound to operations must have among them. */
const OPERATION = 'tools';

/** Nothing is running yet. */
export function createToolWay(deps: ToolWayDeps): ToolWay {
  return new Way(deps);
}

class Way implements ToolWay {
  readonly #d: ToolWayDeps;
  readonly #lookAhead: () => undefined;
  #running = 0;

  constructor(deps: ToolWayDeps) {
    this.#d = deps;
    this.#lookAhead = lookAhead(deps.ledger, deps.auditLog);
  }

  async enter(call: ToolCall): Promise<Caller> {
    const { authenticator, floods, limiting } = this.#d;
    const known = await authenticator.authenticate(call.arrival); //  401      before all: strangers learn nothing
    call.caller = known;
    const caller = callerSpeaking(this.#d, known, call.arrival.headers); // 400 403
    call.caller = caller;
    permit(caller.role, 'query'); //                                  403
    permitTools(caller); //                                           403
    checkFloods(floods, caller, limiting.refusalsPerMinute(caller)); // 429   before the body
    return caller;
  }

  allowed(caller: Caller): readonly Tool[] {
    const policy = this.#d.toolPolicyOf(caller);
    return [...this.#d.tools.values()].filter(({ name }) => allowsFunction(name, policy));
  }

  async run(call: ToolCall, caller: Caller, asked: Asked): Promise<string> {
    const { limiting, screening } = this.#d;
    const tool = this.#find(call, asked.name); //                     404
    const body = parseJson(asked.arguments); //                       400      strict: one reading
    call.facts = { bytes: asked.arguments.length, digest: this.#digestOf(body) };
    const isHeld = this.#judge(caller, tool, body); //                403      name, argument rules, paths
    const carryOut = tool.runner.prepare(fitting(tool, body)); //     400 403  fits the schema, and the template
    const policy = limiting.screenPolicy(caller);
    await screenArguments(call, body, policy, screening); //          400      before admitting: a refused text takes nothing
    if (isHeld && asked.approval === undefined) await this.#ask(call, caller, body); // 403
    if (this.#running >= this.#d.runsMax) throw new Refusal('edge.busy'); // 503
    this.#running += 1;
    try {
      this.#lookAhead(); //                                           503      no intent of what is known to fail
      await both(this.#admit(call, caller), this.#record(call)); //   429 503  all limits, and the intent, durably
      if (isHeld) await this.#take(call, caller, body, asked.approval ?? ''); // 403  last: nothing refused uses it up
      // ──────── nothing runs above this line ────────
      const said = await this.#carryOut(call, carryOut); //           502 503 504
      return await screenOutput(call, said, policy, screening); //    400
    } finally {
      this.#running -= 1;
    }
  }

  close(call: ToolCall): void {
    const { ledger, auditLog, floods, failedAttempts } = this.#d;
    const reservationId = call.arrival.id;
    // Nobody waits for it: the ledger retries until it holds, and a lease covers the end of this process.
    if (call.admissionTried) void ledger.settle({ reservationId, tokens: 0, nano: 0, release: !call.ran });
    if (call.intentTried) auditLog.note(outcomeEntry(call));
    else if (call.refusal) {
      if (call.caller) countRefusal(floods, call.caller, call.refusal.code);
      if (call.caller ?? failedAttempts.count(call.arrival.source)) auditLog.note(refusalEntry(call));
    }
  }

  /** @throws tool.unknown */
  #find(call: ToolCall, name: string): Tool {
    const tool = this.#d.tools.get(name);
    if (!tool) throw new Refusal('tool.unknown');
    call.tool = tool.name;
    return tool;
  }

  #digestOf(body: JsonBody): string {
    return keyedDigest(this.#d.digestKey, canonicalJson(body.value));
  }

  /** True: a person must allow it. @throws tool.denied, tool.arguments */
  #judge(caller: Caller, tool: Tool, body: JsonBody): boolean {
    const state = { callsBefore: 0, tainted: false };
    const found = checkToolCall(tool.name, body.source, this.#d.toolPolicyOf(caller), state);
    if (found.verdict === 'denied')
      throw new Refusal(found.code, { ...(found.pointer && { param: fieldAt(found.pointer) }) });
    return found.verdict === 'needsApproval';
  }

  /** @throws tool.approval_pending with the id of what is asked; rate.approvals, audit.unavailable, store.unavailable */
  async #ask(call: ToolCall, caller: Caller, body: JsonBody): Promise<never> {
    const asked = await this.#d.approvals.ask({
      ...this.#approvedCall(call, caller, body),
      team: caller.team,
      credential: caller.credential,
      exchange: call.arrival.id,
    });
    throw pending(asked.id);
  }

  /** @throws tool.approval_pending where it is not given, or not for this */
  async #take(call: ToolCall, caller: Caller, body: JsonBody, id: string): Promise<void> {
    const isTaken = await this.#d.approvals.take(id, this.#approvedCall(call, caller, body));
    if (!isTaken) throw pending(id);
    call.approval = id;
  }

  #approvedCall(call: ToolCall, caller: Caller, body: JsonBody): ApprovedCall {
    const { policyVersion } = this.#d;
    const { user, endUser } = caller;
    return { user, endUser, tool: call.tool ?? '', arguments: body.source, policyVersion };
  }

  /** @throws rate.*, budget.exceeded, auth.invalid, ledger.unavailable */
  async #admit(call: ToolCall, caller: Caller): Promise<void> {
    const { ledger, limiting } = this.#d;
    call.admissionTried = true;
    const answer = await ledger.admit({
      reservationId: call.arrival.id,
      scopes: limiting.scopes(caller),
      tokens: 0,
      nano: 0,
      keyId: caller.key?.id,
      keyVersion: caller.key?.version,
    });
    if (answer.admitted) {
      call.admitted = answer;
      return;
    }
    call.admissionTried = false;
    throw notAdmitted(caller, answer, this.#d);
  }

  /** @throws audit.unavailable */
  async #record(call: ToolCall): Promise<void> {
    call.intentTried = true;
    try {
      await this.#d.auditLog.record(intentEntry(call));
    } catch (error) {
      // What is not in the log is owed no outcome there.
      if (error instanceof NotKept && error.isLost) call.intentTried = false;
      throw error;
    }
  }

  /** @throws tool.sandbox, tool.failed, tool.timeout, tool.overran; or what the call was aborted with */
  async #carryOut(call: ToolCall, carryOut: RunTool): Promise<string> {
    call.signal.throwIfAborted();
    call.ran = true;
    try {
      const { output, isError, status } = await carryOut(call.signal);
      call.said = { isError, status, bytes: Buffer.byteLength(output) };
      return output;
    } catch (error) {
      call.ran = asRefusal(error).code !== 'tool.sandbox';
      throw error;
    }
  }
}

/** A key that is bound to operations runs tools only if they are among them. @throws access.operation_not_allowed */
function permitTools({ key }: Caller): void {
  const own = key?.endpoints;
  if (own && !own.includes(OPERATION) && !own.includes('*'))
    throw new Refusal('access.operation_not_allowed');
}

/** @throws tool.input */
function fitting(tool: Tool, { value }: JsonBody): ToolArguments {
  const param = tool.misfit(value);
  if (param !== undefined) throw new Refusal('tool.input', { param });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every schema is one of an object
  return value as ToolArguments;
}

function pending(id: string): Refusal {
  const isId = /^[A-Za-z0-9-]{1,64}$/.test(id);
  return new Refusal('tool.approval_pending', {
    message: 'A person must approve this call, or has not approved this very call, or it was made already.',
    headers: isId ? { 'x-sallyport-approval': id } : {},
  });
}

/** Both run side by side and both finish; the first refusal in order is the one that is told. */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  for (const end of await Promise.allSettled([first, second])) {
    if (end.status === 'rejected') throw asRefusal(end.reason);
  }
}
