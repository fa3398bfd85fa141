/** `guardrails.rollout`: for whom guardrails that block do block, and when they go back to observing by themselves. */
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/);

/** Back to observing for everybody, where all of these bounds are passed at once. */
const backSchema = z.strictObject({
  /** What is looked at, and what it is compared with: the time before. */
  windowS: z.int().min(10).max(3600).default(300),
  baselineS: z.int().min(600).max(604_800).default(86_400),
  /** Calls in the window. */
  minCalls: z.int().min(1).max(1_000_000).default(50),
  /** Different keys that were stopped: nobody switches guardrails off with a key or two. */
  minKeys: z.int().min(1).max(1000).default(5),
  /** Of the calls of a key, in the mean over keys. */
  overPercent: z.number().min(0).max(100).default(5),
  timesBaseline: z.number().min(1).max(1000).default(3),
});
export type BackToObserve = z.infer<typeof backSchema>;

/** The section. For callers outside, what would stop a call is only told; all else holds for them too. */
export const rolloutSchema = z.strictObject({
  /** Whoever is in any of these is inside. */
  enforce: z.strictObject({
    teams: z.array(name).max(1000).default([]),
    tiers: z.array(name).max(1000).default([]),
    /** Of keys, the same ones each time, and with more percent those and others. */
    percent: z.number().min(0).max(100).default(0),
  }),
  /** Left out: never. */
  backToObserve: backSchema.optional(),
});
export type RolloutSettings = z.infer<typeof rolloutSchema>;
