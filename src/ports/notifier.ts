/** What tells people that something waits for them or has happened: where to look, never what is to be seen there. */

/** Any event that somebody should know of. */
export interface Notice {
  /** Dotted, as the actions of the audit log: `approval.asked`. */
  readonly kind: string;
  /** One line of names and counts of ours; nothing that a caller or a model wrote but escaped names. */
  readonly text: string;
  /** Where it is in the console: begins with `/console`. */
  readonly path: string;
  /** The same notice twice has the same: a UUID, or what it is about. */
  readonly id: string;
}

/** Queued, bounded, tried again for some minutes; what cannot be delivered is told to the log alone. */
export interface Notifier {
  /** Nobody is told without one. */
  readonly receivers: number;
  /** Returns at once; false where the queue of a receiver is full: it is not told. */
  notify(notice: Notice): boolean;
  /** What is queued is left. */
  close(): Promise<void>;
}
