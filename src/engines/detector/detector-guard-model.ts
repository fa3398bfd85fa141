/**
 * A guard model behind HTTP. It is sent `{"texts": [{"text": "…", "role": "system" | "user" | "tool"}, …]}` and answers
 * 200 with `{"scores": [0.02, …]}`: one number a text, in order, 0 (harmless) to 1. Other members are not read.
 */
import { z } from 'zod';
import type { OwnEgress } from '../../base/own-dispatcher.ts';
import type { Detector } from '../../ports/detector.ts';
import { type DetectorService, detectorServiceShape, jsonService } from './detector-http.ts';

/** `detector.engine` of this kind. */
export const guardModelSchema = z.strictObject({ kind: z.literal('guardModel'), ...detectorServiceShape });

const answerSchema = z.object({ scores: z.array(z.number().min(0).max(1)) });

/** Type of its verdicts: `flagged`. */
export function createGuardModel(settings: DetectorService, egress: OwnEgress = {}): Detector {
  const service = jsonService(settings, egress);
  return {
    async judge(texts) {
      const { scores } = await service.post(
        { texts: texts.map(({ text, role }) => ({ text, role })) },
        answerSchema,
      );
      if (scores.length !== texts.length) throw new Error('the detector scored another number of texts');
      return scores.map((score) => ({ score, type: 'flagged' }));
    },
    close: () => service.close(),
  };
}
