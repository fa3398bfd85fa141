/** One call of the probe: made in the process, through the stages, to an upstream that is not there. No socket is opened. */
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../domain/caller.ts';
import type { Arrival, Exchange } from '../domain/exchange.ts';
import type { EntryDraft } from '../ports/audit-log.ts';
import type { Reply } from '../stages/reply.ts';
import { type Admitted, type Held, PROBE_USER, probeCaller } from './probe-user.ts';
import { SealedDesk } from './sealed-desk.ts';
import { SealedLog } from './sealed-log.ts';
import { type SealedAnswer, SealedUpstream } from './sealed-upstream.ts';
import type { Seen } from './seen.ts';

/** What of the way is not the house's; for one call at a time. */
export class Sealed implements Admitted {
  readonly upstream = new SealedUpstream();
  readonly auditLog = new SealedLog();
  readonly desk = new SealedDesk();
  caller: Caller | undefined;
  rawHeaders: readonly string[] = [];
}

/** The house's stages, in their order, around what is sealed. */
export type WayOf = (sealed: Sealed) => {
  handle(arrival: Arrival, reply: Reply, onExchange: (exchange: Exchange) => void): Promise<void>;
};

/** What is asked, by whom, and what upstream would say. */
export interface ProbeCall {
  readonly method?: 'GET' | 'POST' | undefined;
  readonly target?: string | undefined;
  readonly body?: object | undefined;
  /** Instead of the probe's own user: a credential as strangers send them, or none. */
  readonly stranger?: { readonly credential: string | undefined } | undefined;
  readonly held?: Held | undefined;
  readonly tier?: string | undefined;
  readonly answer?: SealedAnswer | undefined;
  /** What may stand in no entry. */
  readonly planted?: readonly string[] | undefined;
}

export interface CallOptions {
  readonly wayOf: WayOf;
  readonly newId: () => string;
  /** A tier that is configured, where the call names none. */
  readonly tier: string;
  /** The end of the run. */
  readonly signal: AbortSignal;
  /** Of one call; 5 s where left out. */
  readonly callMsMax?: number | undefined;
}

/** The call did not end in time: it says nothing. */
export class TimedOut extends Error {}

const CALL_MS_MAX = 5000;
const NOTHING_SAID: SealedAnswer = { contentType: 'application/json', pieces: ['{}'] };

/** Makes calls, one after the other, on one way; on another after one that did not end. */
export class ProbeLine {
  readonly #options: CallOptions;
  #sealed = new Sealed();
  #way: ReturnType<WayOf> | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** Ends with the call, and its records. @throws TimedOut */
  async call(call: ProbeCall): Promise<Seen> {
    const { wayOf, newId, tier, signal, callMsMax = CALL_MS_MAX } = this.#options;
    const sealed = this.#sealed;
    const way = (this.#way ??= wayOf(sealed));
    const { upstream, auditLog, desk } = sealed;
    let isOnRecordFirst = false;
    const entries: EntryDraft[] = [];
    auditLog.drafts = entries;
    upstream.begin(call.answer ?? NOTHING_SAID, () => {
      isOnRecordFirst = auditLog.drafts.some(({ action }) => action === 'exchange.intent');
    });
    desk.asked = 0;
    const arrival = arrivalOf(call, newId());
    sealed.rawHeaders = arrival.rawHeaders;
    sealed.caller = call.stranger ? undefined : probeCaller(call.held ?? 'none', call.tier ?? tier);
    const reply = new HeardReply();
    try {
      const ending = AbortSignal.any([signal, AbortSignal.timeout(callMsMax)]);
      await within(ending, (onExchange) => way.handle(arrival, reply, onExchange));
    } catch (error) {
      // What is still under way has these to itself.
      this.#sealed = new Sealed();
      this.#way = undefined;
      throw error;
    }
    return {
      status: reply.status,
      code: codeOf(entries),
      told: reply.told,
      sentUp: upstream.received,
      entries,
      isOnRecordFirst,
      isAsked: desk.asked > 0,
    };
  }
}

/** Broken off where it takes too long: what it took is given back by its closings. */
async function within(
  ending: AbortSignal,
  handle: (onExchange: (exchange: Exchange) => void) => Promise<void>,
): Promise<void> {
  let exchange: Exchange | undefined;
  if (ending.aborted) throw new TimedOut();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const breakOff = (): void => {
    if (exchange) exchange.callerGone = true;
    exchange?.abort(new Refusal('edge.expired'));
    reject(new TimedOut());
  };
  ending.addEventListener('abort', breakOff, { once: true });
  try {
    await Promise.race([handle((own) => (exchange = own)), late]);
  } finally {
    ending.removeEventListener('abort', breakOff);
  }
}

function arrivalOf({ method = 'POST', target = CHAT, body, stranger }: ProbeCall, id: string): Arrival {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const headers: Record<string, string> = { 'content-length': String(bytes.length) };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (stranger?.credential !== undefined) headers['authorization'] = `Bearer ${stranger.credential}`;
  return {
    id,
    method,
    target,
    source: PROBE_USER,
    headers,
    rawHeaders: Object.entries(headers).flat(),
    async readBody(bytesMax) {
      if (bytes.length > bytesMax) throw new Refusal('request.too_large');
      return bytes;
    },
  };
}
const CHAT = '/v1/chat/completions';

function codeOf(entries: readonly EntryDraft[]): string | undefined {
  const codes = entries.map(({ metadata }) => metadata['code']);
  return codes.find((code) => typeof code === 'string');
}

/** Keeps what its caller would have been told. */
class HeardReply implements Reply {
  headSent = false;
  status = 0;
  told = '';

  head(status: number): void {
    this.headSent = true;
    this.status = status;
  }
  write(chunk: Uint8Array | string): boolean {
    this.told += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  }
  drained(): void {}
  end(body?: Uint8Array | string): void {
    if (body !== undefined) this.write(body);
  }
  destroy(): void {}
}
