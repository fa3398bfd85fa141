/**
 * One socket and its two ends: events go through it one after the other, in their order, each way. Everything in it is
 * bounded, in bytes and in time, and it ends once, with all its calls settled and on record.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { SocketEnd, SocketListener } from '../ports/socket.ts';
import type { Dialect } from './dialect.ts';
import { closeCode, endsSocket, relayedCode } from './endings.ts';
import { MessageLine } from './message-line.ts';
import type { SocketsSettings } from './settings.ts';

/** A caller who takes nothing for this long has left. */
const STALLED_MS_MAX = 300_000;
const LOOK_MS = 1_000;

export class Session {
  readonly #exchange: Exchange;
  readonly #settings: SocketsSettings;
  readonly #dialect: Dialect;
  readonly #over = Promise.withResolvers<void>();
  readonly #fromCaller: MessageLine;
  readonly #fromUpstream: MessageLine;
  readonly #startedAt = performance.now();
  #caller: SocketEnd | undefined;
  #upstream: SocketEnd | undefined;
  /** Upstream is held up for these reasons. */
  readonly #holds = new Set<string>();
  /** What upstream says in the moment between its handshake and the caller's; nobody is there to be told. */
  #early: [MessageLine, Buffer][] | undefined = [];
  #onDrained: (() => void)[] = [];
  #stalledAt: number | undefined;
  #whenUpstreamDrained: (() => void) | undefined;
  #lastAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  /** The caller's first event, which somebody else has said for them: refused, it ends the socket. */
  #opening: Buffer | undefined;
  #isOver = false;
  #isDraining = false;

  /** @param dialectOf called once, with this session as its way to both ends */
  constructor(exchange: Exchange, settings: SocketsSettings, dialectOf: (session: Session) => Dialect) {
    this.#exchange = exchange;
    this.#settings = settings;
    this.#dialect = dialectOf(this);
    const failed = (error: unknown): void => this.end(asRefusal(error));
    this.#fromCaller = new MessageLine({
      handle: (message) => this.#heard(message),
      hold: (isFull) => (isFull ? this.#caller?.pause() : this.#caller?.resume()),
      failed,
    });
    this.#fromUpstream = new MessageLine({
      handle: (message) => this.#dialect.fromUpstream(message),
      hold: (isFull) => this.hold('line', isFull),
      failed,
    });
  }

  readonly callerListener: SocketListener = {
    text: (message) => this.#push(this.#fromCaller, message),
    binary: () => this.end(new Refusal('request.media_type', { detail: 'a binary message' })),
    drained: () => this.#drained(),
    closed: () => this.#callerLeft(),
  };

  readonly upstreamListener: SocketListener = {
    text: (message) => this.#push(this.#fromUpstream, message),
    binary: () => this.end(new Refusal('upstream.invalid_answer', { detail: 'a binary message' })),
    drained: () => {
      this.#whenUpstreamDrained?.();
      this.#whenUpstreamDrained = undefined;
    },
    closed: (code) => void this.#upstreamClosed(code),
  };

  /**
   * Resolves when it is over and on record but for its own exchange.
   * @param opening goes before all that the caller says
   */
  start(caller: SocketEnd, upstream: SocketEnd, opening?: Buffer): Promise<void> {
    this.#caller = caller;
    this.#upstream = upstream;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    if (this.#holds.size > 0) upstream.pause();
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#opening = opening;
    if (opening) this.#push(this.#fromCaller, opening);
    for (const [line, message] of early) this.#push(line, message);
    this.#exchange.whenAborted(() => this.end(this.#exchange.abortedWith));
    return this.#over.promise;
  }

  send(event: string): boolean {
    if (!this.#caller) return true;
    const isTaken = this.#caller.send(event);
    if (!isTaken) this.#stalledAt ??= performance.now();
    return isTaken;
  }
  sendUp(event: Uint8Array): void {
    if (!this.#isOver) this.#upstream?.send(event);
  }
  whenDrained(listener: () => void): void {
    this.#onDrained.push(listener);
  }
  /** Reads nothing of upstream while there is a reason not to. */
  hold(reason: string, isHeld: boolean): void {
    const before = this.#holds.size;
    if (isHeld) this.#holds.add(reason);
    else this.#holds.delete(reason);
    if (before === 0 && this.#holds.size > 0) this.#upstream?.pause();
    if (before > 0 && this.#holds.size === 0) this.#upstream?.resume();
  }

  /** No new call; over as soon as none is under way. */
  drain(): void {
    this.#isDraining = true;
    if (this.#dialect.isIdle) this.end(new Refusal('edge.draining'));
  }

  /** Once; again changes nothing. @param refusal why, where it is not that the caller left */
  end(refusal?: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#end(refusal, refusal ? closeCode(refusal) : 1000);
  }

  async #end(refusal: Refusal | undefined, code: number): Promise<void> {
    clearInterval(this.#timer);
    this.#exchange.refusal ??= refusal;
    this.#whenUpstreamDrained?.();
    this.#drained();
    const isTold = await this.#dialect.close(refusal);
    if (refusal && !isTold) this.#caller?.send(this.#dialect.told(refusal));
    this.#caller?.close(code, refusal?.code ?? '');
    this.#upstream?.close(1000, '');
    await Promise.all([this.#fromCaller.stop(), this.#fromUpstream.stop()]);
    this.#over.resolve();
  }

  #push(line: MessageLine, message: Buffer): void {
    this.#lastAt = performance.now();
    if (this.#early) {
      this.#early.push([line, message]);
      return;
    }
    if (!this.#isOver) line.push(message);
  }

  async #heard(message: Buffer): Promise<void> {
    try {
      if (this.#isDraining) return await this.#tell(new Refusal('edge.draining'));
      const event = await this.#dialect.fromCaller(message);
      if (event === undefined || this.#isOver) return;
      if (!this.#upstream?.send(event)) await this.#upstreamDrained();
    } catch (error) {
      const refusal = asRefusal(error);
      if (endsSocket(refusal) || message === this.#opening) throw refusal;
      await this.#tell(refusal);
    }
  }

  #upstreamDrained(): Promise<void> {
    return new Promise((resolve) => (this.#whenUpstreamDrained = resolve));
  }

  /** The socket goes on. Who is told much and reads nothing is not heard until they have. */
  async #tell(refusal: Refusal): Promise<void> {
    if (this.#isOver || this.send(this.#dialect.told(refusal))) return;
    await new Promise<void>((resolve) => this.whenDrained(resolve));
  }

  #drained(): void {
    this.#stalledAt = undefined;
    for (const listener of this.#onDrained.splice(0)) listener();
  }

  #callerLeft(): void {
    this.#exchange.callerGone = true;
    this.#caller = undefined;
    this.end();
  }

  /** What came before its goodbye is told first. */
  async #upstreamClosed(code: number): Promise<void> {
    await this.#fromUpstream.idle();
    if (!this.#dialect.isIdle) this.end(new Refusal('upstream.broken', { detail: `closed with ${code}` }));
    else if (!this.#isOver) {
      this.#isOver = true;
      await this.#end(undefined, relayedCode(code));
    }
  }

  #look(): void {
    const now = performance.now();
    const { idleMsMax, lifeMsMax } = this.#settings;
    if (this.#isDraining && this.#dialect.isIdle) this.end(new Refusal('edge.draining'));
    else if (now - this.#startedAt > lifeMsMax) this.end(new Refusal('edge.expired', { detail: 'its life' }));
    else if (this.#stalledAt === undefined && now - this.#lastAt > idleMsMax)
      this.end(new Refusal('edge.expired', { detail: 'idle' }));
    else if (this.#stalledAt !== undefined && now - this.#stalledAt > STALLED_MS_MAX) this.#caller?.destroy();
  }
}
