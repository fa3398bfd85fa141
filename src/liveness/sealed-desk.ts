/** Where calls are held for a person who is not there: it counts the questions, and nobody is bothered with them. */
import type { Approvals, Asked, Claimed, Decided } from '../domain/approvals/approvals.ts';

/** Approves nothing. */
export class SealedDesk implements Approvals {
  asked = 0;

  async ask(): Promise<Asked> {
    this.asked += 1;
    return { id: '00000000-0000-7000-8000-000000000000', expiresAt: 0, isShared: false };
  }

  async wait(): Promise<Decided> {
    return 'expired';
  }

  async take(): Promise<boolean> {
    return false;
  }

  async withdraw(): Promise<void> {}

  async park(): Promise<void> {}

  async claim(): Promise<Claimed> {
    return { outcome: 'unknown' };
  }
}
