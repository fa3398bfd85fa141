/** A call under way, whichever door it came by: enough to break it off. */
import type { Refusal } from '../base/errors.ts';
import type { Caller } from './callers/caller.ts';

export interface OpenCall {
  /** Undefined until it is known who calls. */
  readonly caller?: Caller | undefined;
  /** Once it is known. */
  readonly model?: string | undefined;
  /** Set where the caller has left: nobody reads an answer. */
  callerGone: boolean;
  /** Breaks off what is under way and what would follow; again changes nothing. */
  abort(refusal?: Refusal): void;
}
