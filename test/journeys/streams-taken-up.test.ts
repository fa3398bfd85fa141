/**
 * Promise 39 where a stream of a response is taken up again: wherever the caller goes on, in the middle of a secret, of
 * a call. Shown false by asking upstream from there on, as the caller asked (`wholeQuery` leaving all in: stages/taken-up).
 */
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { json, sse } from '../support/behaviour.ts';
import { journey } from '../support/journey.ts';
import { rawCall } from '../support/raw-call.ts';
import { saidEvents } from '../support/socket-answers.ts';
import type { Event } from '../support/socket-upstream.ts';

const house = journey({ config: { objects: { isolation: 'off' } } });
const ai = () =>
  new OpenAI({ apiKey: house.gateway.callerKey, baseURL: house.gateway.baseUrl, maxRetries: 0 });

/** Upstream keeps these events of each response, and tells those after the one it is asked from. */
function keeping(events: readonly Event[]): void {
  house.upstream.script = ({ target }) => {
    const after = new URL(target, 'http://upstream').searchParams.get('starting_after');
    const from = after === null ? -1 : Number(after);
    return sse(events.filter(({ sequence_number }) => Number(sequence_number) > from));
  };
}

async function goOn(after: number) {
  const stream = await ai().responses.retrieve('resp_1', { stream: true, starting_after: after });
  const told: Event[] = [];
  for await (const event of stream) told.push({ ...event });
  return told;
}
const numbers = (events: readonly Event[]) => events.map(({ sequence_number }) => sequence_number);

test('a secret stays whole, and away, wherever it is gone on from', async () => {
  const secret = ['AKIA', 'Q3ZX2P4LKT7WVN5R'].join('');
  const events = saidEvents(['It is ', ...(secret.match(/.{1,3}/g) ?? []), ' and no more.']);
  keeping(events);
  for (const { sequence_number: after } of events) {
    const told = await goOn(Number(after));
    expect(numbers(told)).toEqual(numbers(events).slice(Number(after) + 1));
    const text = JSON.stringify(told);
    for (let at = 0; at + 5 < secret.length; at++) expect(text).not.toContain(secret.slice(at, at + 6));
  }
  expect(house.upstream.requests.every(({ target }) => !target.includes('starting_after'))).toBe(true);
});

test('what is benign is told byte for byte from there on, and nothing of before', async () => {
  const events = saidEvents(['Hello ', 'from ', 'upstream.']);
  keeping(events);
  const lines = ['Accept: text/event-stream', `Authorization: Bearer ${house.gateway.callerKey}`];
  const target = '/v1/responses/resp_1?stream=true&starting_after=1';
  const head = [`GET ${target} HTTP/1.1`, 'Host: gateway', ...lines, '', ''].join('\r\n');
  const { answers } = await rawCall(house.gateway.port, head);
  const wanted = events
    .slice(2)
    .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`);
  expect(answers[0]?.body.toString()).toBe(wanted.join(''));
});

/** A call of this function, in events numbered from 0. */
function calling(name: string): Event[] {
  const item = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name };
  const at = { item_id: 'fc_1', output_index: 0 };
  const [created = {}, , , completed = {}] = saidEvents(['x']);
  return [
    created,
    { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } },
    { type: 'response.function_call_arguments.delta', ...at, delta: '{"x"' },
    { type: 'response.function_call_arguments.delta', ...at, delta: ':1}' },
    { type: 'response.function_call_arguments.done', ...at, arguments: '{"x":1}' },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, arguments: '{"x":1}' } },
    completed,
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

test('a call that is denied is refused in its middle; one that is allowed goes on', async () => {
  keeping(calling('search'));
  expect(numbers(await goOn(2))).toEqual([3, 4, 5, 6]);
  keeping(calling('execute_shell'));
  await expect(goOn(2)).rejects.toThrow(/tool/i);
});

test('what comes after the end is nothing; a place that is none is refused', async () => {
  keeping(saidEvents(['Hello']));
  expect(await goOn(99)).toEqual([]);
  const before = house.upstream.requests.length;
  await expect(goOn(-1)).rejects.toMatchObject({ status: 400 });
  expect(house.upstream.requests).toHaveLength(before);
});

test('a response that is no stream is answered as it is', async () => {
  house.upstream.script = () => json({ id: 'resp_1', object: 'response', output: [] });
  const answer = await fetch(`${house.gateway.baseUrl}/responses/resp_1?starting_after=4`, {
    headers: { authorization: `Bearer ${house.gateway.callerKey}` },
  });
  expect(await answer.json()).toMatchObject({ id: 'resp_1' });
});
