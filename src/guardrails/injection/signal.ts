/** A piece of evidence for an injection, and how pieces add up. Rules and trained heads speak this alike. */
import type { Trust } from '../../base/finding.ts';
import type { View } from '../canonical.ts';
import type { Heads } from './heads.ts';
import type { Words } from './words.ts';

export type InjectionType =
  | 'override'
  | 'extraction'
  | 'persona'
  | 'indirect'
  | 'role_marker'
  | 'hidden_text';

export interface Signal {
  readonly type: InjectionType;
  /** Which rule or head; of one rule only the strongest signal counts. */
  readonly rule: string;
  /** Half-open range in units of the view. */
  readonly start: number;
  readonly end: number;
  /** Half-open range in the source, for what is not in the view at all. */
  readonly source?: readonly [start: number, end: number] | undefined;
  /** 0 to 1: how sure this piece alone makes us. */
  readonly weight: number;
  readonly reason: string;
}

/** What detectors are given: a view, its known words, and where the text came from (which head of several applies). */
export interface Reading {
  readonly view: View;
  readonly words: Words;
  readonly trust: Trust;
  readonly heads: Heads;
}

/** Pure, linear. */
export type Detector = (reading: Reading) => readonly Signal[];

/** At and above: block, shipped. */
export const BLOCK_AT = 0.9;
/** At and above: a finding, shipped. */
export const OBSERVE_AT = 0.5;

/** From which scores on a finding is one, and stops the exchange. */
export interface Points {
  readonly observe: number;
  readonly block: number;
}

/** What an operator can choose by name; `balanced` is shipped. */
export const PRESETS = {
  strict: { observe: 0.4, block: 0.8 },
  balanced: { observe: OBSERVE_AT, block: BLOCK_AT },
  lenient: { observe: 0.7, block: 0.97 },
} as const satisfies Readonly<Record<string, Points>>;

/** Between these lie all points there can be: no setting and no traffic moves them further. */
export const POINT_BOUNDS = { observe: [0.4, 0.8], block: [0.8, 0.99] } as const;

/** Weak cues add up only where they stand near each other, so that long documents do not collect them. */
const NEAR = 4096;

/** Noisy-or over the strongest signal of each rule: independent pieces of evidence, none counted twice. */
export function combine(signals: readonly Signal[]): number {
  const strongest = new Map<string, number>();
  for (const { rule, weight } of signals) strongest.set(rule, Math.max(weight, strongest.get(rule) ?? 0));
  let innocence = 1;
  for (const weight of strongest.values()) innocence *= 1 - weight;
  return 1 - innocence;
}

/** The signals of the stretch of 4,096 units that weighs most; stretches overlap by half. */
export function heaviestStretch(signals: readonly Signal[]): readonly Signal[] {
  if (signals.length === 0) return signals;
  const stretches = new Map<number, Signal[]>();
  for (const signal of signals) {
    const half = Math.floor(signal.start / (NEAR / 2));
    for (const stretch of [half - 1, half]) {
      const members = stretches.get(stretch);
      if (members) members.push(signal);
      else stretches.set(stretch, [signal]);
    }
  }
  let best: readonly Signal[] = [];
  let most = 0;
  for (const members of stretches.values()) {
    const weight = combine(members);
    if (weight > most) [best, most] = [members, weight];
  }
  return best;
}
