/** One call of the probe: made in the process, through the stages, to an upstream that is not there. No socket is opened. */
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Arrival } from '../domain/exchange.ts';
import type { OpenCall } from '../domain/open-call.ts';
import type { EntryDraft } from '../ports/audit-log.ts';
import type { Handshake } from '../ports/socket.ts';
import type { Reply } from '../stages/reply.ts';
import { type Admitted, type Held, PROBE_USER, probeCaller } from './probe-user.ts';
import { SealedDesk } from './sealed-desk.ts';
import { SealedLog } from './sealed-log.ts';
import { SealedSocketCaller, SealedSocketUpstream } from './sealed-socket.ts';
import { SealedTool } from './sealed-tool.ts';
import { type SealedAnswer, SealedUpstream } from './sealed-upstream.ts';
import type { Seen } from './seen.ts';

/** What of the way is not the house's; for one call at a time. */
export class Sealed implements Admitted {
  readonly upstream = new SealedUpstream();
  readonly sockets = new SealedSocketUpstream();
  readonly tool = new SealedTool();
  readonly auditLog = new SealedLog();
  readonly desk = new SealedDesk();
  caller: Caller | undefined;
  rawHeaders: readonly string[] = [];
  /** What of the call a detector is asked about. */
  shown: string | undefined;
}

type OnCall = (call: OpenCall) => void;

/** The house's stages, in their order, around what is sealed; or the way of its tools, which are run under the path of a tool. */
export type WayOf = (sealed: Sealed) => {
  handle(arrival: Arrival, reply: Reply, onCall: OnCall): Promise<void>;
  /** A live socket, from its handshake to its end. */
  open(arrival: Arrival, handshake: Handshake, reply: Reply, onCall: OnCall): Promise<void>;
};

/** What is asked, by whom, and what upstream would say. */
export interface ProbeCall {
  readonly method?: 'GET' | 'POST' | undefined;
  readonly target?: string | undefined;
  readonly body?: object | undefined;
  /** A text file, instead of a body. */
  readonly file?: string | undefined;
  /** What is said on a live socket, instead of a body; upstream's pieces are events. */
  readonly event?: object | undefined;
  /** A part of it that a detector is asked about. */
  readonly shown?: string | undefined;
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
    const { upstream, sockets, tool, auditLog, desk } = sealed;
    let isOnRecordFirst = false;
    const entries: EntryDraft[] = [];
    auditLog.drafts = entries;
    const answer = call.answer ?? NOTHING_SAID;
    const onSent = (): void => {
      isOnRecordFirst = auditLog.drafts.some(({ action }) => action.endsWith('.intent'));
    };
    upstream.begin(answer, onSent);
    sockets.begin(answer.pieces, onSent);
    tool.begin(toolOf(call), answer.pieces.join(''), onSent);
    desk.asked = 0;
    sealed.shown = call.shown;
    const arrival = arrivalOf(call, newId());
    sealed.rawHeaders = arrival.rawHeaders;
    sealed.caller = call.stranger ? undefined : probeCaller(call.held ?? 'none', call.tier ?? tier);
    const reply = new HeardReply();
    const socket = call.event && new SealedSocketCaller(call.event);
    try {
      const ending = AbortSignal.any([signal, AbortSignal.timeout(callMsMax)]);
      await within(ending, (onCall) =>
        socket ? way.open(arrival, socket, reply, onCall) : way.handle(arrival, reply, onCall),
      );
    } catch (error) {
      // What is still under way has these to itself.
      this.#sealed = new Sealed();
      this.#way = undefined;
      throw error;
    }
    return {
      status: socket?.status ?? reply.status,
      code: codeOf(entries),
      told: reply.told + (socket?.told ?? ''),
      sentUp: upstream.received ?? sockets.received ?? tool.received,
      entries,
      isOnRecordFirst,
      isAsked: desk.asked > 0,
    };
  }
}

/** Broken off where it takes too long: what it took is given back by its closings. */
async function within(ending: AbortSignal, handle: (onCall: OnCall) => Promise<void>): Promise<void> {
  let call: OpenCall | undefined;
  if (ending.aborted) throw new TimedOut();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const breakOff = (): void => {
    if (call) call.callerGone = true;
    call?.abort(new Refusal('edge.expired'));
    reject(new TimedOut());
  };
  ending.addEventListener('abort', breakOff, { once: true });
  try {
    await Promise.race([handle((own) => (call = own)), late]);
  } finally {
    ending.removeEventListener('abort', breakOff);
  }
}

function arrivalOf(call: ProbeCall, id: string): Arrival {
  const { method = 'POST', target = CHAT, body, file, event, stranger } = call;
  const text = file === undefined ? body && JSON.stringify(body) : formOf(file);
  const bytes = Buffer.from(text ?? '');
  const headers: Record<string, string> = { 'content-length': String(bytes.length) };
  if (text !== undefined)
    headers['content-type'] =
      file === undefined ? 'application/json' : `multipart/form-data; boundary=${BOUNDARY}`;
  if (stranger?.credential !== undefined) headers['authorization'] = `Bearer ${stranger.credential}`;
  return {
    id,
    method: event ? 'WEBSOCKET' : method,
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
const BOUNDARY = 'sallyport-probe';

function toolOf({ target = '' }: ProbeCall): string {
  return target.slice(target.lastIndexOf('/') + 1);
}

/** RFC 7578, of a text file for assistants. */
function formOf(file: string): string {
  const part = 'content-disposition: form-data; name=';
  const fields = [
    `${part}"purpose"\r\n\r\nassistants`,
    `${part}"file"; filename="probe.txt"\r\ncontent-type: text/plain\r\n\r\n${file}`,
  ];
  return [...fields.map((field) => `--${BOUNDARY}\r\n${field}\r\n`), `--${BOUNDARY}--\r\n`].join('');
}

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
