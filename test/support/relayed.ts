/** Both ends of a relayed answer, as objects in the test: an upstream that plays a script, a caller that keeps notes. */
import type { Credential } from '../../src/domain/upstreams/upstream-credential.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Upstream, UpstreamFault, UpstreamRequest } from '../../src/ports/upstream.ts';
import type { OwnObjects } from '../../src/stages/own-objects.ts';
import type { Reply } from '../../src/stages/reply.ts';

/** Where no object is anybody's. */
export const noObjects: OwnObjects = {
  record: () => undefined,
  recordShown: () => undefined,
  query: ({ match }) => match.query,
  filter: () => undefined,
  recallItems: async () => {},
};

export interface Script {
  readonly status?: number;
  readonly headers?: IncomingHttpHeaders;
  readonly chunks?: readonly (string | Buffer)[];
  /** Instead of the end of the answer; `unreachable` and `timeout` instead of its head. */
  readonly fault?: UpstreamFault;
  /** Goes quiet after the last chunk, until it is aborted. */
  readonly stays?: boolean;
}

export interface ScriptedUpstream extends Upstream {
  readonly requests: UpstreamRequest[];
  /** What became of the answer: chunks given, whether it was broken off, how often it was held up. */
  readonly seen: { chunks: number; aborted: boolean; pauses: number };
}

export function scriptedUpstream(script: Script = {}): ScriptedUpstream {
  const { status = 200, headers = { 'content-type': 'application/json' }, chunks = [], fault } = script;
  const requests: UpstreamRequest[] = [];
  const seen = { chunks: 0, aborted: false, pauses: 0 };
  return {
    requests,
    seen,
    basePath: '/v1',
    close: async () => {},
    send(request, listener) {
      requests.push(request);
      let running = Promise.withResolvers<void>();
      running.resolve();
      const play = async (): Promise<void> => {
        await Promise.resolve();
        if (fault === 'unreachable') return listener.failed(fault, 'nobody there');
        listener.sent();
        if (fault === 'timeout') return listener.failed(fault, 'no head');
        listener.head(status, headers);
        for (const chunk of chunks) {
          await running.promise;
          if (seen.aborted) return;
          seen.chunks++;
          listener.data(Buffer.from(chunk));
        }
        await running.promise;
        if (seen.aborted || script.stays) return;
        if (fault) listener.failed(fault, 'in the middle');
        else listener.end();
      };
      void play();
      return {
        abort() {
          if (seen.aborted) return;
          seen.aborted = true;
          running.resolve();
          listener.failed('aborted', 'aborted');
        },
        pause() {
          seen.pauses++;
          running = Promise.withResolvers();
        },
        resume: () => running.resolve(),
      };
    },
  };
}

export interface KeptReply extends Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Everything written, in the pieces it was written in. */
  readonly pieces: Buffer[];
  ended: boolean;
  destroyed: boolean;
  readonly text: string;
  /** Lets a slow caller take what was written. */
  drain(): void;
}

/** @param slow each write is one too many until `drain` */
export function keptReply(slow = false): KeptReply {
  let waiting: (() => void)[] = [];
  return {
    status: 0,
    headers: {},
    pieces: [],
    ended: false,
    destroyed: false,
    get headSent() {
      return this.status !== 0;
    },
    get text() {
      return Buffer.concat(this.pieces).toString();
    },
    head(status, headers) {
      if (this.status !== 0) throw new Error('a second head');
      this.status = status;
      this.headers = headers;
    },
    write(chunk) {
      if (this.status === 0 || this.ended) throw new Error('a write without a head, or after the end');
      this.pieces.push(Buffer.from(chunk));
      return !slow;
    },
    drained(listener) {
      waiting.push(listener);
    },
    drain() {
      const told = waiting;
      waiting = [];
      for (const listener of told) listener();
    },
    end(body) {
      if (this.ended) throw new Error('a second end');
      if (body !== undefined) this.pieces.push(Buffer.from(body));
      this.ended = true;
    },
    destroy() {
      this.destroyed = true;
    },
  };
}

/** A key that upstream never refuses. */
export function keyNamed(key: string): Credential {
  return { key: () => key, refused: () => false };
}
