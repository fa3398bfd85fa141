/** What the audit log keeps of an exchange: names, counts, digests and lengths; never what was written. */
import { HOSTED_TOOLS } from '../../openai/hosted-tools.ts';
import type { EntryDraft } from '../../ports/audit-log.ts';
import type { Scope } from '../../ports/ledger.ts';
import type { Exchange } from '../exchange.ts';
import { FOUND_CODES, stopsOf } from '../rollout/rollout.ts';

/** Models are named by callers: only what looks like a model's name is kept, and what may be a finding is none. */
export function modelName(exchange: Exchange): string | undefined {
  const prepared = exchange.prepared as Exchange['prepared'] | undefined;
  const model = prepared?.facts.model;
  if (model === undefined || !/^[A-Za-z0-9._:/-]{1,128}$/.test(model)) return undefined;
  const known = prepared?.quote?.price !== undefined && !prepared.quote.unpriced;
  return known || (prepared && !prepared.findings) ? model : undefined;
}

/** Words as programs have them for names; nothing that could be a key or hold a number of somebody's. */
const WORDS = /^[A-Za-z0-9]{1,24}(?:[_.-][A-Za-z0-9]{1,24}){0,7}$/;

/** Tools are named by callers and models: a type that is known, or what looks like a name where nothing was found. */
function toolName(tool: string | undefined, { prepared, answer }: Exchange): string | undefined {
  if (tool === undefined || HOSTED_TOOLS.includes(tool)) return tool;
  const isName = WORDS.test(tool) && !/[A-Z]{6}|(?:\d\D*){5}/.test(tool);
  const isClean = (prepared as Exchange['prepared'] | undefined) && !prepared.findings && !answer.findings;
  return isName && isClean ? tool : undefined;
}

/** Calls that the answer made: by name, and how many were decided how; `other` for what may be no name. */
function toolCounts(exchange: Exchange): Record<string, Record<string, number>> | undefined {
  const { tools } = exchange.answer;
  if (!tools) return undefined;
  const counts: Record<string, Record<string, number>> = {};
  for (const [tool, decisions] of tools) {
    const own = (counts[toolName(tool, exchange) ?? 'other'] ??= {});
    for (const [decision, count] of Object.entries(decisions)) own[decision] = (own[decision] ?? 0) + count;
  }
  return counts;
}

function common(exchange: Exchange): Record<string, unknown> {
  const caller = exchange.caller as Exchange['caller'] | undefined;
  return {
    exchange: exchange.id,
    credential: caller?.credential,
    granted: caller?.granted?.id,
    team: caller?.team,
    tier: caller?.tier,
    endUser: caller?.endUser,
    source: exchange.arrival.source,
    model: modelName(exchange),
  };
}

/** What guardrails stopped it for, or would have if they were not only tried on the caller. */
function stopped(exchange: Exchange): Record<string, unknown> {
  const stops = stopsOf(exchange);
  const isRefused = FOUND_CODES.has(exchange.refusal?.code ?? '');
  return stops ? { [isRefused ? 'refusedFor' : 'wouldRefuse']: stops } : {};
}

/** Before the first byte goes upstream. Carries what a restart needs to charge it. */
export function intentEntry(exchange: Exchange, day: string, scopes: readonly Scope[]): EntryDraft {
  const { prepared } = exchange;
  return {
    userId: exchange.userId,
    action: 'exchange.intent',
    resource: exchange.operation,
    status: 'pending',
    metadata: {
      ...common(exchange),
      day,
      scopes: scopes.map(({ kind, id }) => `${kind}:${id}`),
      reservedTokens: prepared.quote?.tokens ?? 0,
      reservedNano: prepared.quote?.nano ?? 0,
      outputCap: prepared.quote?.outputCap,
      unpriced: prepared.quote?.unpriced || undefined,
      stream: prepared.facts.stream || undefined,
      requestBytes: prepared.bytes?.length ?? 0,
      findings: prepared.findings,
      redactions: prepared.redactions || undefined,
      tainted: prepared.tainted || undefined,
      unknownSealed: exchange.unknownSealed || undefined,
      parameters: prepared.parameters,
      upstream: exchange.upstream,
    },
  };
}

/** After every ending of an exchange that had an intent. */
export function outcomeEntry(exchange: Exchange): EntryDraft {
  const { answer, charge, refusal, ending } = exchange;
  return {
    userId: exchange.userId,
    action: 'exchange.outcome',
    resource: exchange.operation,
    status: ending === 'completed' ? 'success' : 'failure',
    metadata: {
      ...common(exchange),
      outcome: ending,
      code: refusal?.code,
      httpStatus: answer.status || refusal?.status,
      day: exchange.admitted?.day,
      ledgerDegraded: exchange.admitted?.degraded,
      settledTokens: charge?.tokens ?? 0,
      settledNano: charge?.nano ?? 0,
      // Without a charge nothing was taken.
      released: !charge || charge.release || undefined,
      overReservation: charge?.over || undefined,
      findings: exchange.unread?.findings,
      redactions: exchange.unread?.redactions || undefined,
      usageKnown: answer.usage !== undefined || undefined,
      answerFindings: answer.findings,
      answerRedactions: answer.redactions || undefined,
      answerScreened: answer.isScreened || undefined,
      ...stopped(exchange),
      tools: toolCounts(exchange),
      answerBytes: answer.bytes,
      upstreamRequestId: answer.upstreamRequestId,
      ms: Math.round(performance.now() - exchange.startedAt),
    },
  };
}

/** An incident: upstream reported more use than any answer it was asked for can have. */
export function overReservationEntry(exchange: Exchange): EntryDraft {
  const { charge, prepared, answer } = exchange;
  return {
    userId: exchange.userId,
    action: 'exchange.over_reservation',
    resource: exchange.operation,
    status: 'failure',
    metadata: {
      ...common(exchange),
      reservedTokens: prepared.quote?.tokens ?? 0,
      reservedNano: prepared.quote?.nano ?? 0,
      settledTokens: charge?.tokens ?? 0,
      settledNano: charge?.nano ?? 0,
      upstreamRequestId: answer.upstreamRequestId,
    },
  };
}

/** The ledger had charged all of the reservation before this call ended, and goes by that, whatever its outcome says. */
export function lateSettlementEntry(exchange: Exchange): EntryDraft {
  const entry = overReservationEntry(exchange);
  const metadata = { ...entry.metadata, day: exchange.admitted?.day };
  return { ...entry, action: 'exchange.settled_late', metadata };
}

/** A call that was refused before it had an intent. */
export function refusalEntry(exchange: Exchange): EntryDraft {
  const prepared = exchange.prepared as Exchange['prepared'] | undefined;
  const subject = exchange.refusal?.options.subject;
  return {
    userId: subject?.user ?? exchange.userId,
    action: 'exchange.refused',
    resource: exchange.operation,
    status: 'failure',
    metadata: {
      ...common(exchange),
      ...(subject && { credential: subject.credential }),
      outcome: exchange.ending,
      code: exchange.refusal?.code,
      httpStatus: exchange.refusal?.status,
      tool: exchange.refusal?.code.startsWith('tool.')
        ? toolName(prepared?.toolFault?.tool, exchange)
        : undefined,
      findings: prepared?.findings,
      ...stopped(exchange),
    },
  };
}
