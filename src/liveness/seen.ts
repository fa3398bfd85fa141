/** What is seen of one call of the probe: from outside, by what was told, what reached upstream, and what is on record. */
import type { Action } from '../base/finding.ts';
import type { Result } from '../domain/incidents/liveness.ts';
import type { EntryDraft } from '../ports/audit-log.ts';

/** All of one call, once it has ended. */
export interface Seen {
  readonly status: number;
  /** The catalogue's, where it was refused, or its answer broken off. */
  readonly code: string | undefined;
  /** All that its caller was told. */
  readonly told: string;
  /** The body that reached upstream; undefined: nothing did. */
  readonly sentUp: string | undefined;
  readonly entries: readonly EntryDraft[];
  /** An intent was on record before anything reached upstream. */
  readonly isOnRecordFirst: boolean;
  /** Somebody was asked to approve a call. */
  readonly isAsked: boolean;
}

/** What one call says of a control. */
export interface Judged {
  readonly result: Exclude<Result, 'off'>;
  readonly reason?: string | undefined;
}

export const FIRED: Judged = { result: 'fired' };
export const silent = (reason: string): Judged => ({ result: 'silent', reason });
/** Something else ended the call. */
export const untried = ({ code, status }: Seen): Judged => ({
  result: 'untried',
  reason: code ?? `status ${status}`,
});

/** A refusal with a code that begins so, before anything went up. */
export function refusedWith(seen: Seen, code: string): Judged {
  if (seen.sentUp !== undefined) return isDegraded(seen) ? LEDGER_AWAY : silent('it went upstream');
  return seen.code?.startsWith(code) === true ? FIRED : untried(seen);
}

/** The ledger is away, and the operator has chosen to go on without it: nobody bounds money, or knows versions of keys. */
function isDegraded({ entries }: Seen): boolean {
  return entries.some(({ metadata }) => metadata['ledgerDegraded'] === true);
}
const LEDGER_AWAY: Judged = { result: 'untried', reason: 'ledger.unavailable' };

/** What must become of something in a request. */
export interface InRequest {
  readonly action: Action;
  /** `injection`, `pii`, `secrets`. */
  readonly guardrail: string;
  /** None of them may go up where they are redacted. */
  readonly values: readonly string[];
}

/** Found in a request, and acted upon as the policy says. */
export function actedUpon(seen: Seen, { action, guardrail, values }: InRequest): Judged {
  if (action === 'block') return refusedWith(seen, `guardrail.${guardrail}`);
  const { sentUp } = seen;
  if (sentUp === undefined) return untried(seen);
  if (action === 'redact')
    return values.some((value) => sentUp.includes(value)) ? silent('it went upstream') : FIRED;
  return isFound(seen, /\.intent$/, /^findings$/, guardrail) ? FIRED : silent('it was not on record');
}

/** Found in an answer, and acted upon as the policy says. */
export function actedUponInAnswer(seen: Seen, { action, guardrail, values }: InRequest): Judged {
  if (seen.sentUp === undefined) return untried(seen);
  if (action === 'observe')
    return isFound(seen, /\.outcome$/, /^(?:answer|output)Findings$/, guardrail)
      ? FIRED
      : silent('it was not on record');
  if (values.some((value) => seen.told.includes(value))) return silent('its caller was told');
  return isOver(seen, action === 'block' ? 'guardrail.answer' : undefined) ? FIRED : untried(seen);
}

/** Ended as it should have: with this code, or whole. */
function isOver({ code, status }: Seen, wanted: string | undefined): boolean {
  return wanted === undefined ? code === undefined && status === 200 : code === wanted;
}

/** A call of a tool in an answer that may not leave. */
export function keptBack(seen: Seen, marker: string): Judged {
  if (seen.sentUp === undefined) return untried(seen);
  if (seen.told.includes(marker)) return silent('its caller was told');
  return seen.code === undefined || seen.code.startsWith('tool.') ? FIRED : untried(seen);
}

function isFound({ entries }: Seen, action: RegExp, field: RegExp, guardrail: string): boolean {
  const told = entries
    .filter((entry) => action.test(entry.action))
    .flatMap((e) => Object.entries(e.metadata));
  const found = told.flatMap(([name, counts]) => (field.test(name) ? Object.keys(Object(counts)) : []));
  return found.some((name) => name.startsWith(`${guardrail}:`));
}
