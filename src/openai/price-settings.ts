/** What the operator says of models' prices: the `models` section. A price of 0 is said by naming the model free. */
import { z } from 'zod';

const model = z.string().min(1).max(256);
const rate = z.number().positive().max(1_000_000);
const tokens = z.int().min(1).max(100_000_000);

/** A price by configuration: dollars a million tokens; what is left out is the table's, or its input or output. */
const customPriceSchema = z.strictObject({
  inputUsd: rate,
  cachedUsd: rate.optional(),
  cacheWriteUsd: rate.optional(),
  outputUsd: rate,
  audioInputUsd: rate.optional(),
  audioOutputUsd: rate.optional(),
  imageInputUsd: rate.optional(),
  imageOutputUsd: rate.optional(),
  priorityPercent: z.int().min(100).max(1000).optional(),
  longContext: z.boolean().optional(),
  contextTokens: tokens.optional(),
  outputTokensMax: tokens.optional(),
  reasoning: z.boolean().optional(),
});

export type CustomPrice = z.infer<typeof customPriceSchema>;

/** The `models` section of the configuration. */
export const modelsSchema = z.strictObject({
  /** A model without a price: reserved and charged at a ceiling, or refused. */
  unpriced: z.enum(['ceiling', 'refuse']).default('ceiling'),
  prices: z.record(model, customPriceSchema).default({}),
  /** Other names of known models. */
  aliases: z.record(model, model).default({}),
  /** Models that cost nothing; their tokens are still bounded and counted. */
  free: z.array(model).default([]),
  /** What service tier `auto` (and none) stands for in the project upstream; unknown: the dearest is reserved. */
  projectServiceTier: z.enum(['unknown', 'default', 'flex', 'priority']).default('unknown'),
  /** On every price, for projects whose data stays in a region. */
  regionMultiplier: z.number().min(1).max(10).default(1),
  /** Sent as max_tool_calls where a caller of hosted tools names none. */
  maxToolCalls: z.int().min(1).max(1000).default(8),
  /** Reserved and charged for a call whose cost nobody can know when it is made: fine-tuning, a batch of an unknown file. */
  unknowableUsd: z.number().positive().max(1_000_000).default(10),
  /** Least bytes of one second of sound; 750 is the lowest rate of Opus, 6 kbit/s (RFC 6716, section 2.1.1). */
  audioBytesPerSecondMin: z.int().min(1).max(1_000_000).default(750),
});
export type ModelsSettings = z.infer<typeof modelsSchema>;
export type PriceSettings = Pick<
  ModelsSettings,
  'prices' | 'aliases' | 'free' | 'projectServiceTier' | 'regionMultiplier'
>;
