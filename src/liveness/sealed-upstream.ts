/** An upstream that is not there: it stands in the process, remembers what reached it, and says what it was given to say. */
import type { Upstream, UpstreamControl, UpstreamListener, UpstreamRequest } from '../ports/upstream.ts';

/** What it says: a JSON answer, or the events of a stream. */
export interface SealedAnswer {
  readonly contentType: 'application/json' | 'text/event-stream';
  readonly pieces: readonly string[];
}

/** For one call at a time; it has no address, and opens no socket. */
export class SealedUpstream implements Upstream {
  readonly basePath = '/v1';
  #answer: SealedAnswer = { contentType: 'application/json', pieces: [] };
  #onSent: () => void = () => undefined;
  /** The body that reached it, once one has. */
  received: string | undefined;

  /**
   * For the next call.
   * @param onSent called when a request reaches it, before it answers
   */
  begin(answer: SealedAnswer, onSent: () => void): void {
    this.#answer = answer;
    this.#onSent = onSent;
    this.received = undefined;
  }

  send({ body }: UpstreamRequest, listener: UpstreamListener): UpstreamControl {
    const { contentType, pieces } = this.#answer;
    let isPaused = false;
    let isOver = false;
    let at = -1;
    let next: NodeJS.Immediate | undefined;
    const later = (): void => void (next ??= setImmediate(step));
    const step = (): void => {
      next = undefined;
      if (isPaused || isOver) return;
      if (at < 0) {
        listener.sent();
        this.received = Buffer.from(body ?? '').toString();
        this.#onSent();
        listener.head(200, { 'content-type': contentType });
      } else if (at < pieces.length) listener.data(Buffer.from(pieces[at] ?? ''));
      else {
        isOver = true;
        listener.end();
        return;
      }
      at++;
      later();
    };
    later();
    return {
      abort() {
        if (isOver) return;
        isOver = true;
        setImmediate(() => listener.failed('aborted', 'the probe has ended'));
      },
      pause: () => void (isPaused = true),
      resume() {
        isPaused = false;
        later();
      },
    };
  }

  async close(): Promise<void> {}
}
