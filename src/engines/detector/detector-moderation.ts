/**
 * Whatever speaks OpenAI's moderation API (https://platform.openai.com/docs/api-reference/moderations): it sees harmful
 * content, not injections. Its scores are used and the house's own points; `flagged` has points that nobody can set.
 */
import { z } from 'zod';
import type { OwnEgress } from '../../base/own-dispatcher.ts';
import type { Detector, Verdict } from '../../ports/detector.ts';
import { type DetectorService, detectorServiceShape, jsonService } from './detector-http.ts';

const CATEGORIES = [
  ...(['harassment', 'harassment/threatening', 'hate', 'hate/threatening'] as const),
  ...(['illicit', 'illicit/violent', 'self-harm', 'self-harm/intent', 'self-harm/instructions'] as const),
  ...(['sexual', 'sexual/minors', 'violence', 'violence/graphic'] as const),
] as const;

/** `detector.engine` of this kind; `url` is the base, with `/v1` at its end where the service has that. */
export const moderationSchema = z.strictObject({
  kind: z.literal('moderation'),
  ...detectorServiceShape,
  model: z
    .string()
    .regex(/^[A-Za-z0-9._:/-]{1,128}$/)
    .default('omni-moderation-latest'),
  /** Those that count. */
  categories: z
    .array(z.enum(CATEGORIES))
    .min(1)
    .default([...CATEGORIES]),
});
/** After the schema. */
export interface ModerationService extends DetectorService {
  readonly model: string;
  readonly categories: readonly string[];
}

// Scores alone: flags and the kinds of input they came from are not read.
const answerSchema = z.object({
  results: z.array(z.object({ category_scores: z.record(z.string(), z.number().min(0).max(1)) })),
});

/** Type of its verdicts: the worst category, `self_harm_intent`. A category that is missing makes the answer none. */
export function createModeration(settings: ModerationService, egress: OwnEgress = {}): Detector {
  const { model, categories } = settings;
  const url = `${settings.url.replace(/\/+$/, '')}/moderations`;
  const service = jsonService({ ...settings, url }, egress);
  const worst = (scores: Readonly<Record<string, number>>): Verdict => {
    let verdict: Verdict = { score: -1, type: '' };
    for (const category of categories) {
      const score = Object.hasOwn(scores, category) ? scores[category] : undefined;
      if (score === undefined) throw new Error('the detector says nothing of a category');
      if (score > verdict.score) verdict = { score, type: category.replace(/\W/g, '_') };
    }
    return verdict;
  };
  return {
    async judge(texts) {
      const { results } = await service.post({ model, input: texts.map(({ text }) => text) }, answerSchema);
      if (results.length !== texts.length) throw new Error('the detector scored another number of texts');
      return results.map(({ category_scores: scores }) => worst(scores));
    },
    close: () => service.close(),
  };
}
