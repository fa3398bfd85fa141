/** The house's detector as the probe asks it: about texts of its own alone, which count as found whatever the service thinks of them. */
import type { Detector } from '../ports/detector.ts';

/** Which text of the probe's is shown to it at the moment; undefined: none. */
export interface Shown {
  readonly shown: string | undefined;
}

const HARMLESS = { score: 0, type: 'probe' } as const;
const FOUND = { score: 1, type: 'probe' } as const;

/** What the service says must be an answer; what it thinks of the text is not ours to know. */
export function sealedDetector(house: Detector, now: Shown): Detector {
  return {
    async judge(texts) {
      const { shown } = now;
      if (shown === undefined || !texts.some(({ text }) => text.includes(shown)))
        return texts.map(() => HARMLESS);
      await house.judge(texts);
      return texts.map(() => FOUND);
    },
    close: async () => undefined,
  };
}
