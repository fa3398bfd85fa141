/**
 * What the guardrails make of a call of a tool: arguments like a user's text, of which nothing is cut out, since a tool
 * would then do something else; what the tool says like any untrusted text.
 */
import { Refusal } from '../base/errors.ts';
import { type Action, countFindings } from '../base/finding.ts';
import { type AnswerJob, screenAnswer, type Screened } from '../domain/answers/answer-screening.ts';
import { screen, type Screening, type ScreenInput, type ScreenPolicy } from '../guardrails/screening.ts';
import type { JsonBody } from '../openai/body.ts';
import type { ToolCall } from './tool-call.ts';

/** Where a long text is screened, and by what what tools say. */
export interface ToolScreening {
  /** What answers are screened by; undefined: nothing is looked for in them. */
  readonly answers: ScreenPolicy | undefined;
  /** Up to here on the event loop. */
  readonly inlineCharsMax: number;
  /** @throws guardrail.busy, guardrail.failed */
  readonly screenAnswer: (job: AnswerJob) => Promise<Screened>;
  /** @throws guardrail.busy, guardrail.failed */
  readonly screenTexts: (job: {
    readonly inspected: readonly ScreenInput[];
    readonly policy: ScreenPolicy;
  }) => Promise<Screening>;
}

/** @throws guardrail.injection, guardrail.pii, guardrail.secrets, guardrail.busy, guardrail.failed */
export async function screenArguments(
  call: ToolCall,
  { source, leaves }: JsonBody,
  policy: ScreenPolicy,
  { inlineCharsMax, screenTexts }: ToolScreening,
): Promise<void> {
  const inspected = leaves.map(
    ({ value, isKey }): ScreenInput => ({ text: value, trust: 'user', class: isKey ? 'token' : 'prose' }),
  );
  const job = { inspected, policy: uncut(policy) };
  const isShort = source.length <= inlineCharsMax;
  const { findings, block } = isShort ? screen(inspected, job.policy) : await screenTexts(job);
  call.findings = countFindings(findings);
  if (block === 'injection' || block === 'pii' || block === 'secrets')
    throw new Refusal(`guardrail.${block}`);
}

/** Personal data is what the tool is told to work with; a secret or an order that would be cut out stops the call. */
function uncut(policy: ScreenPolicy): ScreenPolicy {
  const { injection, pii, secrets, piiActions } = policy;
  return {
    ...policy,
    injection: stopped(injection),
    pii: watched(pii),
    secrets: stopped(secrets),
    ...(piiActions && {
      piiActions: Object.fromEntries(
        Object.entries(piiActions).map(([type, action]) => [type, watched(action)]),
      ),
    }),
  };
}

function watched(action: Action): Action {
  return action === 'redact' ? 'observe' : action;
}

function stopped(action: Action): Action {
  return action === 'redact' ? 'block' : action;
}

/** The text as it may leave. @throws guardrail.answer, guardrail.busy, guardrail.failed */
export async function screenOutput(
  call: ToolCall,
  output: string,
  policy: ScreenPolicy,
  screening: ToolScreening,
): Promise<string> {
  const rules = { policy: untrusted(policy, screening.answers), placeholders: [] };
  const job: AnswerJob = { answer: output, kind: 'plain', rules };
  const isShort = output.length <= screening.inlineCharsMax;
  const { text, findings, block } = isShort ? screenAnswer(job) : await screening.screenAnswer(job);
  call.outputFindings = countFindings(findings);
  call.redactions = findings.filter(({ outcome }) => outcome === 'redacted').length;
  call.tainted = findings.some(({ outcome }) => outcome === 'tainted');
  if (block) throw new Refusal('guardrail.answer', { detail: block });
  return text;
}

const NOTHING: ScreenPolicy = { injection: 'off', pii: 'off', secrets: 'off', reversible: false };

/** Personal data and secrets as in answers, injection as in the results of tools that a request brings. */
function untrusted(policy: ScreenPolicy, answers: ScreenPolicy | undefined): ScreenPolicy {
  const { output: _, ...rest } = answers ?? NOTHING;
  const { injection, toolInjection, injectionPoints } = policy;
  return {
    ...rest,
    injection,
    ...(toolInjection && { toolInjection }),
    ...(injectionPoints && { injectionPoints }),
  };
}
