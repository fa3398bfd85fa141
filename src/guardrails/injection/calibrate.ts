/**
 * `sallyport calibrate`: fits the points of the injection guardrail to the operator's own honest traffic, within bounds
 * that no traffic can move: poisoned lines raise a point to its bound at most, and the counts show it.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { canonicalise } from '../canonical.ts';
import { findInjection } from './injection.ts';
import { POINT_BOUNDS, type Points, PRESETS } from './signal.ts';

const rowSchema = z.object({ text: z.string(), role: z.string().optional() });

/** Shares of honest texts that may be found, and stopped. */
const SHARE = { observe: 0.005, block: 0.0005 } as const;
/** Of fewer texts no share can be told. */
export const TEXTS_MIN = 400;
const STEP = 0.01;

/** What the traffic of one role comes to. */
export interface Calibrated extends Points {
  readonly texts: number;
  /** How many of them would be found, and stopped, at these points. */
  readonly found: number;
  readonly stopped: number;
}

export type Calibration = Readonly<Record<'user' | 'tool', Calibrated | undefined>>;

/** Reads JSON lines `{text, role?}`; lines that are none are left out. A role with too few texts keeps its points. */
export async function calibrate(input: Readable): Promise<Calibration> {
  const scores: Record<'user' | 'tool', number[]> = { user: [], tool: [] };
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const row = rowOf(line);
    if (!row || row.role === 'system' || row.role === 'developer') continue;
    const trust = row.role === 'tool' || row.role === 'function' ? 'tool' : 'user';
    const [lowest] = POINT_BOUNDS.observe;
    const found = findInjection(canonicalise(row.text), trust, lowest);
    scores[trust].push(Math.max(0, ...found.map(({ score }) => score)));
  }
  return { user: fit(scores.user), tool: fit(scores.tool) };
}

function rowOf(line: string): z.infer<typeof rowSchema> | undefined {
  try {
    return rowSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The lowest points within the bounds at which no more than the shares are found and stopped; undefined for too few. */
export function fit(scores: readonly number[]): Calibrated | undefined {
  if (scores.length < TEXTS_MIN) return undefined;
  const reaching = (point: number): number => scores.filter((score) => score >= point).length;
  const lowest = (name: 'observe' | 'block'): number => {
    const [from, to] = POINT_BOUNDS[name];
    for (let point = from; point < to; point = Math.round((point + STEP) * 100) / 100)
      if (reaching(point) <= SHARE[name] * scores.length) return point;
    return to;
  };
  const points = { observe: lowest('observe'), block: lowest('block') };
  return {
    texts: scores.length,
    ...points,
    found: reaching(points.observe),
    stopped: reaching(points.block),
  };
}

/** What goes into the policy, as YAML, with what it rests on. */
export function policyOf(calibration: Calibration): string {
  const lines = (['user', 'tool'] as const).map((role) => {
    const own = calibration[role];
    if (!own) {
      const { observe, block } = PRESETS.balanced;
      return `      # ${role}: fewer than ${TEXTS_MIN} texts; shipped: { observe: ${observe}, block: ${block} }`;
    }
    const { observe, block, texts, found, stopped } = own;
    return `      ${role}: { observe: ${observe}, block: ${block} } # of ${texts} texts ${found} found, ${stopped} stopped`;
  });
  const isEmpty = !calibration.user && !calibration.tool;
  return ['guardrails:', '  injection:', `    points:${isEmpty ? ' {}' : ''}`, ...lines, ''].join('\n');
}
