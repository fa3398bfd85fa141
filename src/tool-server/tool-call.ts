/** One call of the tool server and all that is known of it: filled in by its way, read by its records. */
import { asRefusal, type Refusal } from '../base/errors.ts';
import type { FindingCounts } from '../base/finding.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Arrival, Ending } from '../domain/exchange.ts';
import type { OpenCall } from '../domain/open-call.ts';
import type { Admitted } from '../ports/ledger.ts';
import type { ToolOutput } from '../ports/tool-runner.ts';

/** What the records keep of the arguments. */
export interface ArgumentFacts {
  readonly bytes: number;
  /** Keyed, of the canonical form. */
  readonly digest: string;
}

/** From arrival to the outcome; never used for a second one. */
export class ToolCall implements OpenCall {
  readonly arrival: Arrival;
  readonly startedAt = performance.now();
  readonly #controller = new AbortController();
  caller: Caller | undefined;
  callerGone = false;
  /** A registered one; undefined until it is found, and for what is no call of one. */
  tool: string | undefined;
  facts: ArgumentFacts | undefined;
  /** In the arguments. */
  findings: FindingCounts | undefined;
  admitted: Admitted | undefined;
  /** The admission may have taken something, even if its answer never came. */
  admissionTried = false;
  /** The intent may be on record: an outcome is owed. */
  intentTried = false;
  /** The tool may have had its effect. */
  ran = false;
  /** The approval it was run with. */
  approval: string | undefined;
  said: (Pick<ToolOutput, 'isError' | 'status'> & { readonly bytes: number }) | undefined;
  outputFindings: FindingCounts | undefined;
  redactions = 0;
  tainted = false;
  refusal: Refusal | undefined;

  constructor(arrival: Arrival) {
    this.arrival = arrival;
  }

  /** Aborted where nobody waits for the end any more, or may. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(refusal?: Refusal): void {
    this.#controller.abort(refusal ?? new Error('the caller has left'));
  }

  /** Keeps what is told of a failure, unless it is only that the caller has left. */
  fail(error: unknown): Refusal {
    const refusal = asRefusal(error);
    if (!this.callerGone) this.refusal = refusal;
    return refusal;
  }

  get ending(): Ending {
    if (this.signal.aborted) return 'aborted';
    if (!this.refusal) return this.said?.isError ? 'failed' : 'completed';
    const { blame } = this.refusal.row;
    return blame === 'caller' || blame === 'policy' ? 'refused' : 'failed';
  }
}
