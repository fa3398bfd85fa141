/** What tells one API's socket from another's: how calls are made over it, and how they end. */
import type { Refusal } from '../base/errors.ts';
import type { Exchange, Within } from '../domain/exchange.ts';
import type { CallSteps } from '../stages/call-steps.ts';
import type { AnswerScreening } from '../stages/screen-answer.ts';
import type { OwnObjects } from '../stages/own-objects.ts';

/** What a dialect works with: one socket, and the rules of the house. */
export interface DialectWays {
  readonly steps: CallSteps;
  readonly screening: AnswerScreening;
  readonly ownObjects: OwnObjects;
  /** The socket's own exchange: what comes outside of calls counts there. */
  readonly session: Exchange;
  /** A call, or anything else the caller says, as an exchange of its own. */
  exchangeFor(message: Buffer, within: Within): Exchange;
  /** Upstream, beside what goes up of the caller's events. */
  sendUp(event: Uint8Array): void;
  /** To the caller. False: enough waits to be taken. */
  send(event: string): boolean;
  whenDrained(listener: () => void): void;
  pause(): void;
  resume(): void;
  /** Ends the socket, out of turn. */
  end(refusal: Refusal): void;
}

export interface Dialect {
  /** What goes up of one event of the caller's, if anything. @throws its refusal, which is told as an event */
  fromCaller(message: Buffer): Promise<Uint8Array | undefined>;
  /** One event of upstream's; events are told in their order. @throws what ends the socket */
  fromUpstream(message: Buffer): void | Promise<void>;
  /** A refusal as an event, in the form of this API; the socket may go on. */
  told(refusal: Refusal): string;
  /** Nothing is under way: the socket may end without harm. */
  readonly isIdle: boolean;
  /**
   * The socket is over: every call is settled and on record when it resolves. Never rejects.
   * @returns whether the caller was told why
   */
  close(refusal: Refusal | undefined): Promise<boolean>;
}
