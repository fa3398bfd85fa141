/** An audit log for the probe: in memory, and looked at when a call has ended. The house's holds none of it. */
import type { AuditLog, Entry, EntryDraft } from '../ports/audit-log.ts';

export class SealedLog implements AuditLog {
  /** In the order they were given. */
  drafts: EntryDraft[] = [];

  async record(draft: EntryDraft): Promise<Entry> {
    this.drafts.push(draft);
    const sequence = this.drafts.length;
    return { ...draft, timestamp: '', chain: '', sequence, previousHash: '', hash: '' };
  }

  note(draft: EntryDraft): void {
    this.drafts.push(draft);
  }

  follow(): void {}

  health(): ReturnType<AuditLog['health']> {
    return { writable: true, waiting: 0 };
  }

  async close(): Promise<void> {}
}
