/** What was found in events that are no call by themselves: on record with the next call, which reads it, else with the socket. */
import type { FindingCounts } from '../base/finding.ts';
import type { Exchange } from '../domain/exchange.ts';

/** Of one socket, since the last call. */
export class FoundBefore {
  #findings: FindingCounts | undefined;
  #redactions = 0;

  /** An event went up that nobody puts on record. */
  add({ findings, redactions }: Pick<Exchange['prepared'], 'findings' | 'redactions'>): void {
    this.#findings = sumOf(this.#findings, findings);
    this.#redactions += redactions;
  }

  /** Takes it to a call that has been read and is not on record. */
  giveTo(exchange: Exchange): void {
    if (!this.#findings && this.#redactions === 0) return;
    const { prepared } = exchange;
    exchange.prepared = {
      ...prepared,
      findings: sumOf(prepared.findings, this.#findings),
      redactions: prepared.redactions + this.#redactions,
    };
    this.#findings = undefined;
    this.#redactions = 0;
  }

  /** No call has come: told by the outcome of the socket. */
  close(session: Exchange): void {
    if (this.#findings || this.#redactions > 0)
      session.unread = { findings: this.#findings, redactions: this.#redactions };
  }
}

function sumOf(one: FindingCounts | undefined, other: FindingCounts | undefined): FindingCounts | undefined {
  if (!one || !other) return one ?? other;
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
