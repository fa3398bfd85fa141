/** Clients hang up on the last event of a stream: the answer was whole, and is on record as such. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
let gateway: Gateway;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script = (seen) => chatAnswer(seen, {}, { ending: 'stall' });
  gateway = await openGateway({ upstream });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

const answerShape = z.object({ data: z.array(z.object({ metadata: z.record(z.string(), z.unknown()) })) });

/** How the audit log says that a call ended. */
async function outcomeOf(exchange: string | null): Promise<unknown> {
  const { body } = await admin(gateway, 'GET', '/admin/audit?action=exchange.outcome&limit=50');
  const { data } = answerShape.parse(body);
  return data.find(({ metadata }) => metadata['exchange'] === exchange)?.metadata['outcome'];
}

/** Reads a stream until this text has come, then hangs up. */
async function hangUpAt(text: string): Promise<string | null> {
  const left = new AbortController();
  const answer = await fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      stream: true,
      max_completion_tokens: 64,
      messages: [{ role: 'user', content: 'Where is the station?' }],
    }),
    signal: left.signal,
  });
  let seen = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen += piece;
    if (seen.includes(text)) break;
  }
  left.abort();
  return answer.headers.get('x-request-id');
}

describe('who hangs up', () => {
  it('at [DONE] has the whole answer', async () => {
    const id = await hangUpAt('[DONE]');
    await expect.poll(() => outcomeOf(id)).toBe('completed');
  });

  it('earlier has left', async () => {
    upstream.script = (seen) => chatAnswer(seen, {}, { stopAfterBytes: 900, ending: 'stall' });
    const id = await hangUpAt('data:');
    await expect.poll(() => outcomeOf(id)).toBe('aborted');
  });
});
