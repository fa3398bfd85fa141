/**
 * What a stronger detector is asked about and what follows from its verdicts. Pure; the asking is `stages/detect.ts`.
 * It is shown texts as they would go upstream, with placeholders in place of personal data: never more than upstream.
 */
import { z } from 'zod';
import type { FindingCounts } from '../../base/finding.ts';
import type { Screening } from '../../guardrails/screening.ts';
import type { Text } from '../../openai/body.ts';
import type { JudgedText } from '../../ports/detector.ts';
import type { Preparation } from './preparation.ts';

const point = (otherwise: number) => z.number().min(0).max(1).default(otherwise);
const role = z.enum(['system', 'user', 'tool']);

/** The section `detector` but for its engine. The detector is asked only where the section is there. */
export const detectionSchema = z.strictObject({
  /** A tier's own goes over it. */
  action: z.enum(['off', 'observe', 'block']).default('block'),
  /** What a call does whose texts could not be judged: ends, or goes on, with a finding of the type `failed`. */
  onFailure: z.enum(['block', 'pass']).default('block'),
  /** From this score on a finding, from that on the call ends. */
  points: z
    .strictObject({ observe: point(0.5), block: point(0.9) })
    .refine(({ observe, block }) => observe <= block, 'observe must not be above block')
    .prefault({}),
  /** Whose texts are sent. */
  roles: z.array(role).min(1).default(['user', 'tool']),
  /** Of one call, newest texts first. More is a failure: nobody gets past by saying much. */
  charsMax: z.int().min(100).max(4_000_000).default(200_000),
  /** How long a verdict on the same text holds; 0: asked every time. */
  rememberMs: z.int().min(0).max(86_400_000).default(600_000),
});
/** After its schema. */
export type DetectionRules = z.infer<typeof detectionSchema>;

/** What a detector adds to an exchange; kept beside what is prepared, which may be made anew. */
export interface Detected {
  readonly findings: FindingCounts | undefined;
  /** Those of them that stopped the call, or would have. */
  readonly stops?: FindingCounts | undefined;
  /** A tool result tried to give orders. */
  readonly tainted: boolean;
}

/** What of a call a detector is shown; plain data, which crosses threads. */
export type JudgedPart = Pick<DetectionRules, 'roles' | 'charsMax'>;

/** Texts within the bounds, newest first, the last of them cut perhaps. */
export interface JudgedShare {
  readonly texts: readonly JudgedText[];
  /** That is all of them. */
  readonly whole: boolean;
}

/** Shorter ones say nothing. */
const CHARS_MIN = 3;
/** Of one call. */
const TEXTS_MAX = 1000;

/** The prose these roles wrote, as it will be sent; none where the call is refused anyway. */
export function textsToJudge(
  texts: readonly Text[],
  screening: Screening,
  { roles, charsMax }: JudgedPart,
): JudgedShare {
  const judged: JudgedText[] = [];
  if (screening.block) return { texts: judged, whole: true };
  const rewritten = new Map(screening.rewrites.map(({ textIndex, text }) => [textIndex, text]));
  const caught = new Set(
    screening.findings.flatMap(({ outcome, textIndex }) => (outcome === 'tainted' ? [textIndex] : [])),
  );
  let left = charsMax;
  for (const [i, own] of [...texts.entries()].reverse()) {
    if (own.class !== 'prose' || own.text.length < CHARS_MIN || caught.has(i)) continue;
    if (!roles.includes(own.trust)) continue;
    if (left === 0 || judged.length === TEXTS_MAX) return { texts: judged, whole: false };
    const text = rewritten.get(i) ?? own.text;
    judged.push({ text: text.slice(0, left), role: own.trust });
    if (text.length > left) return { texts: judged, whole: false };
    left -= text.length;
  }
  return { texts: judged, whole: true };
}

/** On record, where a call goes on unjudged. */
export const UNJUDGED = { guardrail: 'detector', type: 'failed' } as const;

/** What was prepared, with what the detector found. */
export function withDetected(prepared: Preparation, detected: Detected | undefined): Preparation {
  if (!detected) return prepared;
  return {
    ...prepared,
    findings: detected.findings ? { ...prepared.findings, ...detected.findings } : prepared.findings,
    tainted: prepared.tainted || detected.tainted,
  };
}
