/** "What would you do with my data?": the guardrails over lines of JSON, for operators and for measuring. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Finding, Trust } from '../base/finding.ts';
import { screen, type Screening, type ScreenPolicy } from './screening.ts';
import { guardrailsSchema, screenPolicy } from './settings.ts';

const rowSchema = z.object({ text: z.string(), role: z.string().optional() });
export type ScanRow = z.infer<typeof rowSchema>;

export interface ScanResult {
  /** Everything at or above the observe point. */
  readonly findings: readonly Finding[];
  /** The hardest thing that would be done. */
  readonly action: 'allow' | 'observe' | 'taint' | 'redact' | 'block';
  /** The text with personal data and secrets taken out, where there are any. */
  readonly redacted?: string;
}

/** What the gateway does as it is shipped. */
export const SHIPPED_POLICY: ScreenPolicy = screenPolicy(guardrailsSchema.parse({}));

/** What would be done with one text; without a role it is a user's. */
export function scanLine(row: ScanRow, policy: ScreenPolicy = SHIPPED_POLICY): ScanResult {
  const input = { text: row.text, trust: trustOf(row.role), class: 'prose' } as const;
  const screening = screen([input], policy);
  const findings = screening.findings.map(({ guardrail, type, start, end, score, reason }) => ({
    guardrail,
    type,
    start,
    end,
    score,
    reason,
  }));
  const result = { findings, action: actionOf(screening) };
  if (!findings.some(({ guardrail }) => guardrail !== 'injection')) return result;
  const redacting = { ...policy, injection: 'off', pii: 'redact', secrets: 'redact' } as const;
  return { ...result, redacted: screen([input], redacting).rewrites[0]?.text ?? row.text };
}

function trustOf(role = 'user'): Trust {
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'tool' || role === 'function' ? 'tool' : 'user';
}

function actionOf({ block, taint, findings }: Screening): ScanResult['action'] {
  if (block) return 'block';
  if (findings.some(({ outcome }) => outcome === 'redacted')) return 'redact';
  if (taint) return 'taint';
  return findings.length > 0 ? 'observe' : 'allow';
}

/** A line out for every line in, in order; a line that is no row gets `{"error": …}`. Waits for a slow reader. */
export async function runScan(
  input: Readable,
  output: Writable,
  policy: ScreenPolicy = SHIPPED_POLICY,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    if (!output.write(`${JSON.stringify(answer(line, policy))}\n`)) await once(output, 'drain');
  }
}

function answer(line: string, policy: ScreenPolicy): ScanResult | { readonly error: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: 'the line is not JSON' };
  }
  const row = rowSchema.safeParse(value);
  return row.success ? scanLine(row.data, policy) : { error: 'the line has no string `text`' };
}
