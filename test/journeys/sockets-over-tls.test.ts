/**
 * Sockets over the gateway's own TLS, with a credential in the head and among the sub-protocols, and what a team's parameters
 * say in events of Realtime. Shown false by serving upgrades on the plain server alone, and by reading parameters at the top of
 * an event (`settingsIn`).
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { Agent, fetch } from 'undici';
import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { answering, settled } from '../support/live-answers.ts';
import { saying } from '../support/socket-answers.ts';
import { refusedSocket } from '../support/socket-client.ts';
import { socketHouse } from '../support/socket-house.ts';
import { selfSigned } from '../support/self-signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
const { cert: ca, key } = selfSigned();
writeFileSync(files.certFile, ca);
writeFileSync(files.keyFile, key);

const house = socketHouse({
  config: {
    endpoints: { allow: ['sockets', 'realtime'] },
    server: { tls: files },
    teams: {
      red: {
        parameters: {
          reasoning: { max: 'minimal' },
          include: { deny: ['item.input_audio_transcription.logprobs'] },
          store: { force: false },
        },
      },
    },
  },
});
const secure = () => house.gateway.baseUrl.replace('http:', 'https:');
const client = (apiKey = house.gateway.callerKey) => new OpenAI({ apiKey, baseURL: secure() });

/** A session in which nothing is said unasked. */
async function live(model: string, apiKey?: string) {
  house.upstream.greeting = [settled('session.created', null)];
  house.upstream.script = answering(['Hello']);
  const socket = new OpenAIRealtimeWS({ model, options: { ca } }, client(apiKey));
  const next = async (type: 'session.created' | 'response.done' | 'session.updated') =>
    await new Promise<unknown>((resolve, reject) => {
      socket.once(type, resolve);
      socket.once('error', reject);
    });
  await next('session.created');
  return { socket, next };
}

test('Realtime and Responses are served to the official SDK over TLS', async () => {
  const { socket, next } = await live('gpt-realtime');
  socket.send({ type: 'response.create' });
  expect(await next('response.done')).toMatchObject({ response: { status: 'completed' } });
  socket.close();
  house.upstream.clear();
  house.upstream.script = saying(['Hello']);
  const responses = new ResponsesWS(client(), { ca });
  const done = new Promise((resolve, reject) => {
    responses.once('response.completed', resolve);
    responses.once('error', reject);
  });
  responses.send({ type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' });
  expect(await done).toMatchObject({ response: { status: 'completed' } });
  responses.close();
});

/** A client secret, asked for over TLS. */
async function secret(): Promise<string> {
  const answer = await fetch(`${secure()}/realtime/client_secrets`, {
    method: 'POST',
    dispatcher: new Agent({ connect: { ca } }),
    headers: { authorization: `Bearer ${house.gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime' } }),
  });
  return z.object({ value: z.string() }).parse(await answer.json()).value;
}

test('a page opens one with its secret among the sub-protocols', async () => {
  house.upstream.greeting = [settled('session.created', null)];
  const url = `${secure().replace('https:', 'wss:')}/realtime`;
  const socket = new WebSocket(url, ['realtime', `openai-insecure-api-key.${await secret()}`], { ca });
  const [message] = await once(socket, 'message');
  expect(String(message)).toContain('session.created');
  expect(socket.protocol).toBe('realtime');
  socket.close();
});

test('what comes to that port in clear is refused, and nothing goes up', async () => {
  const refused = await refusedSocket(house.gateway, { path: '/v1/realtime?model=gpt-realtime' });
  expect([refused.status, refused.code]).toEqual([426, 'edge.https_required']);
  expect(house.upstream.handshakes).toHaveLength(0);
});

test('parameters of a team hold in events of Realtime', async () => {
  const { callerKey } = await house.doorOf('ruled', { team: 'red' });
  const { socket } = await live('gpt-realtime-2', callerKey);
  const refusals: unknown[] = [];
  socket.on('error', ({ error }) => refusals.push([error?.code, error?.param]));
  const done = new Promise((resolve) => socket.once('response.done', resolve));
  socket.send({ type: 'session.update', session: { type: 'realtime', reasoning: { effort: 'high' } } });
  socket.send({ type: 'response.create', response: { reasoning: { effort: 'medium' } } });
  socket.send({
    type: 'session.update',
    session: { type: 'realtime', include: ['item.input_audio_transcription.logprobs'] },
  });
  socket.send({ type: 'session.update', session: { type: 'realtime', reasoning: { effort: 'minimal' } } });
  socket.send({ type: 'response.create', response: {} });
  await done;
  expect(refusals).toEqual([
    ['request.parameter', 'session.reasoning.effort'],
    ['request.parameter', 'response.reasoning.effort'],
    ['request.parameter', 'include'],
  ]);
  expect(house.upstream.connections[0]?.events).toMatchObject([
    { type: 'session.update', session: { reasoning: { effort: 'minimal' } } },
    { type: 'response.create', response: { reasoning: { effort: 'minimal' } } },
  ]);
  socket.close();
});

test('nothing is written for a model that does not reason, or for a team without such a rule', async () => {
  const { callerKey } = await house.doorOf('plain', { team: 'red' });
  for (const [model, own] of [
    ['gpt-realtime', callerKey],
    ['gpt-realtime-2', undefined],
  ] as const) {
    house.upstream.clear();
    const { socket, next } = await live(model, own);
    socket.send({ type: 'response.create' });
    await next('response.done');
    expect(JSON.stringify(house.upstream.connections[0]?.events)).not.toContain('reasoning');
    socket.close();
  }
});
