/** What a stronger detector must promise: texts in, a verdict on each, or a failure within its time. */
import type { Trust } from '../base/finding.ts';

/** A text as it would go upstream, and who said it. */
export interface JudgedText {
  readonly text: string;
  readonly role: Trust;
}

/** What a detector says of one text. */
export interface Verdict {
  /** 0 to 1, 1 the worst. */
  readonly score: number;
  /** What it would be, in snake case: a name of ours, never text of the detector's. */
  readonly type: string;
}

/** A service outside of this process. It is asked as few times as can be: it costs time, and money perhaps. */
export interface Detector {
  /**
   * One verdict a text, in their order: as many as there are texts, every score within its bounds.
   * Rejects with an Error, within the configured time, on anything else. Asks once: no retries, no redirects.
   */
  judge(texts: readonly JudgedText[]): Promise<readonly Verdict[]>;
  /** What is still asked then, rejects. */
  close(): Promise<void>;
}
