/** stages/screen-answer, stages/answer-text, stages/answer-json: an answer that is read whole leaves screened, or not. */
import { describe, expect, test } from 'vitest';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import { answerHeaders } from '../../src/domain/answers/answer-headers.ts';
import { screenAnswer } from '../../src/domain/answers/answer-screening.ts';
import { forward } from '../../src/stages/forward.ts';
import { toolPolicies, toolsSchema } from '../../src/domain/tools/tools.ts';
import { type AnswerScreening, toolRulesOf } from '../../src/stages/screen-answer.ts';
import { answersBy, type CallOptions, chatBody, prepared, routed, UNSCREENED } from '../support/exchange.ts';
import { keptReply, keyNamed, scriptedUpstream, type Script, noObjects } from '../support/relayed.ts';

const ENFORCED = answersBy({ answers: { pii: 'redact', secrets: 'redact' } });
const CHAT: CallOptions = { body: chatBody({ max_tokens: 9 }, 'Write to jane.roe@example.com.') };
const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 };
const chat = (content: string): string =>
  JSON.stringify({ choices: [{ message: { content } }], usage: USAGE });

const form = [
  '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
  '--b\r\nContent-Disposition: form-data; name="response_format"\r\n\r\nsrt\r\n',
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\nID3\r\n--b--\r\n',
].join('');
const TRANSCRIBE: CallOptions = {
  target: '/v1/audio/transcriptions',
  body: Buffer.from(form),
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
};

async function answered(call: CallOptions, script: Script, screening: AnswerScreening = ENFORCED) {
  const exchange = await prepared(call);
  const reply = keptReply();
  const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
  const upstream = scriptedUpstream(script);
  const send = forward({ upstream, ...keys, answerHeaders, ownObjects: noObjects, screening });
  const refusal = await send(exchange, reply).then(() => undefined, asRefusal);
  return { exchange, reply, refusal };
}

describe('a JSON answer', () => {
  test('gives values back, loses findings, and says its new length', async () => {
    const chunks = [chat('To <EMAIL_1>, not eve@example.net')];
    const { reply, exchange } = await answered(CHAT, { chunks });
    expect(reply.text).toBe(chat('To jane.roe@example.com, not [REDACTED]'));
    expect(reply.headers['content-length']).toBe(String(reply.text.length));
    expect(exchange.answer).toMatchObject({
      findings: { 'pii:EMAIL': 1 },
      redactions: 1,
      isScreened: true,
      usage: { inputTokens: 20 },
    });
  });

  test('that may not leave is a refusal, and is charged as what it was', async () => {
    const block = answersBy({ answers: { pii: 'block' } });
    const { reply, refusal, exchange } = await answered(CHAT, { chunks: [chat('eve@example.net')] }, block);
    expect(refusal).toMatchObject({ code: 'guardrail.answer', status: 400, row: { final: true } });
    expect(reply.headSent).toBe(false);
    expect(exchange.answer.usage).toMatchObject({ outputTokens: 10 });
  });

  // Negative control: without the second reading in answer-json.ts the report is not seen.
  test('with two readings does not leave, and is charged by its report all the same', async () => {
    const twice = `{"id":"a","id":"b",${chat('It is far.').slice(1)}`;
    const { reply, refusal, exchange } = await answered(CHAT, { chunks: [twice] });
    expect(refusal).toMatchObject({ code: 'upstream.invalid_answer' });
    expect(reply.headSent).toBe(false);
    expect(exchange.answer.usage).toMatchObject({ outputTokens: 10 });
  });

  // Negative control: with every short answer sent as text, the one with a broken character grows.
  test('leaves byte for byte: plain, accented, broken in its encoding, short and long', async () => {
    const long = 'It is far. '.repeat(2000);
    const plain = ['It is far.', 'Élan, 東京, 😀.', long].map((text) => Buffer.from(chat(text)));
    const broken = Buffer.from(chat('It is far?'));
    broken[broken.indexOf('?')] = 0xff;
    for (const bytes of [...plain, broken]) {
      const { reply } = await answered(CHAT, { chunks: [bytes] });
      expect(Buffer.concat(reply.pieces)).toEqual(bytes);
      expect(reply.headers['content-length']).toBe(String(bytes.length));
    }
  });

  test('is not looked at where nothing is asked, and then nothing says that it was', async () => {
    const text = chat('To <EMAIL_7>, not eve@example.net');
    const call = { body: chatBody({ max_tokens: 9 }) };
    const { reply, exchange } = await answered(call, { chunks: [text] }, UNSCREENED);
    expect(reply.text).toBe(text);
    expect(exchange.answer.isScreened).toBe(false);
  });

  test('I42: a large one is screened elsewhere; where that fails, nothing is shown', async () => {
    const sizes: number[] = [];
    const elsewhere: AnswerScreening = {
      ...ENFORCED,
      inlineCharsMax: 1000,
      large: async (job) => {
        sizes.push(job.answer.length);
        return screenAnswer(job);
      },
    };
    const long = `${'It is far. '.repeat(200)}eve@example.net`;
    const { reply } = await answered(CHAT, { chunks: [chat(long)] }, elsewhere);
    expect(sizes).toEqual([chat(long).length]);
    expect(reply.text).not.toContain('eve@');
    const broken = { ...elsewhere, large: async () => Promise.reject(new Refusal('guardrail.failed')) };
    const failed = await answered(CHAT, { chunks: [chat(long)] }, broken);
    expect(failed.refusal?.code).toBe('guardrail.failed');
    expect(failed.reply.headSent).toBe(false);
  });
});

describe('a text', () => {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const subtitles = '1\n00:00:01,000 --> 00:00:02,000\nWrite to eve@example.net.\n';

  test('is read whole, and screened as one', async () => {
    const chunks = [subtitles.slice(0, 50), subtitles.slice(50)];
    const { reply } = await answered(TRANSCRIBE, { headers, chunks });
    expect(reply.text).toBe(subtitles.replace('eve@example.net', '[REDACTED]'));
    expect(reply.headers['content-length']).toBe(String(reply.text.length));
  });

  test.each(['application/octet-stream', 'audio/mpeg', ''])(
    'is screened whatever it is called: %j',
    async (type) => {
      const { reply } = await answered(TRANSCRIBE, {
        headers: { 'content-type': type },
        chunks: [subtitles],
      });
      expect(reply.text).toBe(subtitles.replace('eve@example.net', '[REDACTED]'));
    },
  );

  test.each(['utf16le', 'latin1'] as const)('in another coding is no answer: %s', async (coding) => {
    const chunks = [Buffer.from(`Zoë. ${subtitles}`, coding)];
    const { refusal, reply } = await answered(TRANSCRIBE, { headers, chunks });
    expect(refusal?.code).toBe('upstream.invalid_answer');
    expect(reply.headSent).toBe(false);
  });

  test('without an end is cut before it fills the memory', async () => {
    const chunk = Buffer.alloc(6 * 1024 * 1024, 'x');
    const { refusal } = await answered(TRANSCRIBE, { headers, chunks: [chunk, chunk, chunk] });
    expect(refusal?.code).toBe('upstream.overran');
  });

  test('that breaks off is no answer', async () => {
    const { refusal, reply } = await answered(TRANSCRIBE, { headers, chunks: [subtitles], fault: 'broken' });
    expect(refusal?.code).toBe('upstream.broken');
    expect(reply.headSent).toBe(false);
  });
});

test.each([{}, { method: 'WEBSOCKET', target: '/v1/realtime?model=gpt-realtime' }])(
  'what may be called is asked anew for each call, also where all may be: %j',
  (call) => {
    let shut: readonly string[] = [];
    let settings = toolsSchema.parse({ allow: ['*'] });
    const toolPolicyOf = toolPolicies(
      () => settings,
      () => shut,
    );
    const rules = toolRulesOf({ ...UNSCREENED, toolPolicyOf }, routed(call));
    const before = rules?.policy.settings;
    expect(before?.deny).toEqual([]);
    expect(rules?.policy.settings).toBe(before);
    shut = ['send_email'];
    expect(rules?.policy.settings.deny).toEqual(['send_email']);
    settings = toolsSchema.parse({ deny: ['search'] });
    expect(rules?.policy.settings.deny).toEqual(['search', 'send_email']);
    shut = [];
    expect(rules?.policy.settings).toBe(settings);
  },
);
