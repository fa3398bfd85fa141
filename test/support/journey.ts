/**
 * One gateway before one fake upstream, for all tests of a file; what upstream saw is forgotten before each. It is opened in this
 * process unless a test needs one of its own: to look at it from outside, or to see that nothing ends it.
 */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createKey, type NewKey } from './admin.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { openGateway } from './open-gateway.ts';
import { rawCall, requestBytes, type RawAnswer } from './raw-call.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** The smallest call that is served. */
export const CHAT_LINE = 'POST /v1/chat/completions HTTP/1.1';
export const CHAT_BODY = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi' }],
});
export const CHAT_STREAM = CHAT_BODY.replace('{', '{"stream":true,');

/**
 * The section `upstreams` with the same upstream once more, where silence is too long after `ms`: of a crowded machine an honest
 * answer may be as late. Calls of keys with `upstream: 'hasty'` go there.
 */
export const hastyUpstream = (ms: number) => ({
  hasty: {
    baseUrl: 'env:OPENAI_BASE_URL',
    apiKey: 'env:OPENAI_API_KEY',
    headMsMax: ms,
    idleMsMax: ms,
  },
});

export interface Journey<G extends Gateway = Gateway> {
  readonly gateway: G;
  readonly upstream: Upstream;
  /** The headers of an honest JSON call. */
  readonly headers: readonly string[];
  /** Those of a further key, with these fields. */
  headersOf(fields: Partial<NewKey>): Promise<readonly string[]>;
  /** One call on a connection of its own, with those headers unless others are given. */
  ask(line?: string, body?: string | Buffer, headers?: readonly string[]): Promise<RawAnswer>;
}

type Start<G> = (options: GatewayOptions) => Promise<G>;

const headersWith = (key: string) => [`Authorization: Bearer ${key}`, 'Content-Type: application/json'];

/**
 * Call it once, at the top of a file. The key made has no limit but a day's money.
 * @param start `startGateway` for a process of its own
 */
export function journey(options?: GatewayOptions): Journey;
export function journey<G extends Gateway>(options: GatewayOptions, start: Start<G>): Journey<G>;
export function journey(options: GatewayOptions = {}, start: Start<Gateway> = openGateway): Journey {
  let gateway: Gateway;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await start({ upstream, key: { tier: 'internal' }, ...options });
  });
  beforeEach(() => upstream.clear());
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });
  const own: Journey = {
    get gateway() {
      return gateway;
    },
    get upstream() {
      return upstream;
    },
    get headers() {
      return headersWith(gateway.callerKey);
    },
    headersOf: async (fields) => headersWith((await createKey(gateway, fields)).key),
    async ask(line = CHAT_LINE, body = CHAT_BODY, headers = own.headers) {
      const head = line.startsWith('HEAD ');
      const { answers, bytes } = await rawCall(gateway.port, requestBytes(line, headers, body), { head });
      if (!answers[0]) throw new Error(`no answer to ${line}, but: ${bytes.toString()}`);
      return answers[0];
    },
  };
  return own;
}
