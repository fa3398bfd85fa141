/** What a receiver of exported events must promise: everything of a batch, in order, or a failure. */

/** One place that events go to. */
export interface EventSink {
  /**
   * Resolves when the receiver has taken all of them, as far as its protocol can tell; after a rejection some may have
   * arrived, and all are sent again.
   * @param events one JSON text each, on one line
   */
  send(events: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
