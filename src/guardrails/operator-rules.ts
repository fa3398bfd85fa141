/**
 * What an operator adds to the finders and takes from them: patterns of their own, and values that are never findings.
 * Patterns run on RE2 alone, whose time is linear in the text whatever the pattern is.
 */
import { z } from 'zod';
import type { Finding } from '../base/finding.ts';
import { patternOf, patternSchema } from '../base/pattern.ts';
import { type Candidate, toFindings } from './candidate.ts';
import { canonicalise, type View } from './canonical.ts';

/** A type's name: what a placeholder can be made of. */
export const TYPE_NAME = /^[A-Z]{2,24}(?:_[A-Z]{2,24}){0,2}$/;

const customSchema = z.strictObject({
  /** One of the built-in types, or a new one, in capitals. */
  type: z.string().regex(TYPE_NAME, 'is not a name such as EMPLOYEE_ID'),
  pattern: patternSchema,
  /** A word or phrase that must stand in the 40 characters before the value, in any case. */
  label: z.string().min(2).max(64).optional(),
  /** 0 to 1; above what a label alone proves, so that an operator's word stands against a guess. */
  score: z.number().min(0).max(1).default(0.9),
});

/** At most 32 patterns: each is another pass over every text. */
export const customPatternsSchema = z.array(customSchema).max(32).default([]);
export type CustomPattern = z.infer<typeof customSchema>;

/** Values as they are spelled, in any case, and patterns that a value matches as a whole. */
export const allowListSchema = z
  .strictObject({
    values: z.array(z.string().min(1).max(256)).max(1000).default([]),
    patterns: z.array(patternSchema).max(32).default([]),
  })
  .prefault({});
export type AllowList = z.infer<typeof allowListSchema>;

const LABEL_GAP = 40;
const FOUND_MAX = 1000;

/** Findings of the operator's patterns; at most 1,000 of each in one text. */
export function findCustom(view: View, patterns: readonly CustomPattern[]): Finding[] {
  const candidates: Candidate[] = [];
  for (const { type, pattern, label, score } of patterns) {
    const lower = label === undefined ? '' : view.text.toLowerCase();
    if (label !== undefined && !lower.includes(label.toLowerCase())) continue;
    const matcher = patternOf(pattern).matcher(view.text);
    for (let count = 0; count < FOUND_MAX && matcher.find(); ) {
      const start = matcher.start();
      const end = matcher.end();
      if (end === start) continue;
      if (
        label !== undefined &&
        !lower.slice(Math.max(0, start - LABEL_GAP - label.length), start).includes(label.toLowerCase())
      )
        continue;
      candidates.push({ type, start, end, score, reason: "a pattern of the operator's" });
      count++;
    }
  }
  return candidates.length === 0 ? [] : toFindings('pii', view, candidates);
}

/** Without those whose value the operator allows; values are compared without accents, look-alikes and case. */
export function withoutAllowed(text: string, findings: Finding[], allow: AllowList | undefined): Finding[] {
  if (!allow || findings.length === 0 || (allow.values.length === 0 && allow.patterns.length === 0))
    return findings;
  return findings.filter(({ start, end }) => {
    const value = canonicalise(text.slice(start, end)).text;
    const lower = value.toLowerCase();
    return (
      !allow.values.some((allowed) => allowed.toLowerCase() === lower) &&
      !allow.patterns.some((pattern) => patternOf(pattern).matches(value))
    );
  });
}
