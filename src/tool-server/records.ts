/** What the audit log keeps of a call of a tool: names, digests, counts and lengths; never what was written or said. */
import type { EntryDraft } from '../ports/audit-log.ts';
import type { ToolCall } from './tool-call.ts';

function common({ arrival, caller, tool }: ToolCall): Record<string, unknown> {
  return {
    exchange: arrival.id,
    credential: caller?.credential,
    team: caller?.team,
    tier: caller?.tier,
    endUser: caller?.endUser,
    source: arrival.source,
    tool,
  };
}

function entry(call: ToolCall, action: string, status: EntryDraft['status'], more: object): EntryDraft {
  const resource = call.tool === undefined ? 'tools' : `tools.${call.tool}`;
  return {
    userId: call.caller?.user ?? 'anonymous',
    action,
    resource,
    status,
    metadata: { ...common(call), ...more },
  };
}

/** Before it runs. */
export function intentEntry(call: ToolCall): EntryDraft {
  const { facts, findings } = call;
  return entry(call, 'tool.intent', 'pending', {
    argumentsBytes: facts?.bytes,
    argumentsDigest: facts?.digest,
    findings,
  });
}

/** After every ending of a call that had an intent. */
export function outcomeEntry(call: ToolCall): EntryDraft {
  const { ending, refusal, said, ran, approval, tainted, startedAt } = call;
  return entry(call, 'tool.outcome', ending === 'completed' ? 'success' : 'failure', {
    outcome: ending,
    code: refusal?.code,
    httpStatus: refusal?.status ?? 200,
    day: call.admitted?.day,
    ran,
    approval,
    status: said?.status,
    outputBytes: said?.bytes,
    outputFindings: call.outputFindings,
    outputRedactions: call.redactions || undefined,
    tainted: tainted || undefined,
    ms: Math.round(performance.now() - startedAt),
  });
}

/** A call that was refused before it had an intent. */
export function refusalEntry(call: ToolCall): EntryDraft {
  const { refusal, findings } = call;
  const subject = refusal?.options.subject;
  const draft = entry(call, 'tool.refused', 'failure', {
    ...(subject && { credential: subject.credential }),
    outcome: call.ending,
    code: refusal?.code,
    httpStatus: refusal?.status,
    findings,
  });
  return subject ? { ...draft, userId: subject.user } : draft;
}
