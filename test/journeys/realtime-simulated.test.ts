/** A start without a key answers live sessions too: the official SDK talks with the simulator, through the whole gateway. */
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { entriesOf } from '../support/money.ts';
import { InClear } from '../support/socket-house.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    env: { OPENAI_API_KEY: undefined },
    key: { tier: 'internal' },
    config: { endpoints: { allow: ['sockets', 'realtime'] } },
  });
});
afterAll(async () => void (await gateway?.stop()));

async function open(apiKey = gateway.callerKey) {
  const client = new OpenAI({ apiKey, baseURL: gateway.baseUrl });
  const socket = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { agent: new InClear() } }, client);
  const told: string[] = [];
  const heard: { readonly type: string }[] = [];
  let failure: Error | undefined;
  socket.on('event', (event) => {
    told.push(event.type);
    heard.push(event);
  });
  socket.on('error', (error) => (failure = error));
  /** Takes the next of this type, also one that came together with the one before, when nobody had asked for it yet. */
  const next = (type: 'session.created' | 'session.updated' | 'response.done') =>
    until(
      () => {
        if (failure) throw failure;
        const at = heard.findIndex((event) => event.type === type);
        return at < 0 ? undefined : heard.splice(0, at + 1).at(-1);
      },
      (event) => event !== undefined,
    );
  await next('session.created');
  return { socket, told, next };
}

const say = (text: string) => ({
  type: 'conversation.item.create' as const,
  item: { type: 'message' as const, role: 'user' as const, content: [{ type: 'input_text' as const, text }] },
});

test('text, and a call of a function', async () => {
  const { socket, told, next } = await open();
  const tool = {
    type: 'function' as const,
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };
  socket.send({
    type: 'session.update',
    session: { type: 'realtime', tools: [tool], instructions: 'Be brief.' },
  });
  await next('session.updated');
  let text = '';
  socket.on('response.output_text.delta', ({ delta }) => (text += delta));
  socket.send(say('Write to ann@example.com'));
  socket.send({ type: 'response.create' });
  expect(await next('response.done')).toMatchObject({
    response: {
      status: 'completed',
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    },
  });
  expect(text).toMatch(/simulator.*You said: Write to ann@example\.com$/s);
  expect(told).toContain('conversation.item.done');

  socket.send(say('Please call get_weather'));
  socket.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  expect(await next('response.done')).toMatchObject({
    response: { output: [{ type: 'function_call', name: 'get_weather', arguments: '{"city":"Paris"}' }] },
  });
  socket.send({ type: 'response.create', response: { tool_choice: 'none', max_output_tokens: 3 } });
  expect(await next('response.done')).toMatchObject({
    response: {
      status: 'incomplete',
      status_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 3 },
    },
  });
  socket.close();
  const outcomes = await until(
    async () => (await entriesOf(gateway)).filter(({ action }) => action === 'exchange.outcome'),
    (found) => found.length >= 4,
  );
  expect(outcomes.slice(0, 3).every(({ metadata }) => Number(metadata['settledNano']) > 0)).toBe(true);
});

test('with a client secret, whose settings it starts with; what it cannot is told', async () => {
  const maker = new OpenAI({ apiKey: gateway.callerKey, baseURL: gateway.baseUrl });
  const { value } = await maker.realtime.clientSecrets.create({
    session: { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.', max_output_tokens: 4 },
  });
  const { socket, next } = await open(value);
  expect(await next('session.updated')).toMatchObject({
    session: { instructions: 'Be brief.', max_output_tokens: 4 },
  });
  socket.send({ type: 'response.create' });
  expect(await next('response.done')).toMatchObject({ response: { usage: { output_tokens: 4 } } });
  const failed = new Promise<Error>((resolve) => socket.once('error', resolve));
  socket.send({ type: 'input_audio_buffer.commit' });
  expect((await failed).message).toContain('input_audio_buffer.commit');
  socket.close();
});
