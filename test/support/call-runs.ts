/** Streams that call tools, run through the stages that judge them; and the calls that are in them. */
import { asRefusal } from '../../src/base/errors.ts';
import { answerHeaders } from '../../src/domain/answers/answer-headers.ts';
import { Exchange } from '../../src/domain/exchange.ts';
import { forward } from '../../src/stages/forward.ts';
import type { AnswerScreening } from '../../src/stages/screen-answer.ts';
import {
  CALLED,
  chatCall,
  chunkOf,
  DONE,
  itemEvents,
  messageEvents,
  numbered,
  responseOf,
} from './call-streams.ts';
import { answersBy, type CallOptions, chatBody, prepared, RESPONSES } from './exchange.ts';
import { keptReply, keyNamed, scriptedUpstream, type Script } from './relayed.ts';

export const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
export const MAIL = 'jane.roe@example.com';
export const CHAT: CallOptions = { body: chatBody({ stream: true, max_tokens: 99 }, `Write to ${MAIL}.`) };
export const RESPOND: CallOptions = {
  target: RESPONSES,
  body: { model: 'gpt-4o-mini', input: `Write to ${MAIL}.`, stream: true, max_output_tokens: 99 },
};
export const RULES = {
  deny: ['execute_shell'],
  needsApproval: ['send_money'],
  callsPerAnswerMax: 3,
  arguments: {
    read_file: [{ pointer: '/path', path: { allow: ['/data'] } }],
    sql: [{ pointer: '', pattern: 'select [a-z]+' }],
    apply_patch: [{ pointer: '/operation/path', path: { allow: ['/data'] } }],
    mail: [{ pointer: '/to', pattern: '[a-z.]+@example\\.com' }],
  },
  allow: ['apply_patch'],
};

export const run = async (call: CallOptions, script: Script, tools: object = RULES) =>
  relayed(await prepared(call), script, tools);

/** The same call again, as if nothing had been answered. */
export function again({ arrival, caller, match, prepared: prepared_ }: Exchange): Exchange {
  return Object.assign(new Exchange(arrival), { caller, match, prepared: prepared_ });
}

export const screenings = new Map<object, AnswerScreening>();

export async function relayed(exchange: Exchange, script: Script, tools: object = RULES) {
  const upstream = scriptedUpstream({ headers, ...script });
  const reply = keptReply();
  const own = {
    record: () => undefined,
    recordShown: () => undefined,
    query: () => [],
    filter: () => undefined,
    recallItems: async () => {},
  };
  const screening =
    screenings.get(tools) ?? answersBy({ answers: { pii: 'redact', secrets: 'redact' } }, tools);
  screenings.set(tools, screening);
  const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
  const send = forward({ upstream, ...keys, answerHeaders, ownObjects: own, screening });
  const refusal = await send(exchange, reply).then(() => undefined, asRefusal);
  const code = (exchange.refusal ?? refusal)?.code;
  return { exchange, text: reply.text, pieces: reply.pieces, code, aborted: upstream.seen.aborted };
}

export const role = chunkOf({ role: 'assistant', content: null });
export const says = chunkOf({ content: 'Let me see.' });
export const ALLOWED = '{"path":"/data/a \\u00e9\\ud83d\\ude00.txt"}';
export const REFUSED = '{"path":"/data/\\u002e\\u002e/etc/pass"}';
/** One unit a part: through escapes and surrogates. */
export const bits = (text: string): string[] => text.split('');
export const chat = (...calls: readonly (readonly string[])[]) => [role, says, ...calls.flat(), CALLED, DONE];
export const items = (...calls: readonly Parameters<typeof itemEvents>[]) =>
  numbered(responseOf(messageEvents(0, 'Well.'), ...calls.map((call) => itemEvents(...call))));

export const unfinished = (name: string) => chat(chatCall(0, name, ['{"q', '":"a', ' b"}'])).slice(0, -2);
export const unfinishedItem = (name: string) =>
  items([1, 'function_call', name, ['{"q', '":"a', ' b"}']]).slice(0, -3);

export const called = (...parts: string[]) => [role, says, ...parts, DONE];
export const responded = (...events: object[]) =>
  numbered([...messageEvents(0, 'Well.'), ...events.map((event) => ({ ...event }))]);
export const mailing = (to: string) => chat(chatCall(0, 'mail', bits(JSON.stringify({ to }))));
export const mailingItem = (to: string) => items([1, 'function_call', 'mail', bits(JSON.stringify({ to }))]);
export const afterResult = (content: string) => ({
  body: {
    model: 'gpt-4o-mini',
    stream: true,
    max_tokens: 99,
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content },
    ],
  },
});
export const datas = (text: string): unknown[] =>
  text
    .split('\n')
    .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as unknown] : []));

export function hosted(type: string) {
  const item = { id: 'item_1', type, status: 'completed', call_id: 'c' };
  return [
    { type: 'response.output_item.added', output_index: 1, item: { ...item, status: 'in_progress' } },
    { type: `response.${type}.completed`, output_index: 1, item_id: 'item_1' },
    { type: 'response.output_item.done', output_index: 1, item },
  ];
}

export function patched(path: string) {
  const item = {
    id: 'item_1',
    type: 'apply_patch_call',
    status: 'completed',
    call_id: 'c',
    operation: { type: 'create_file', path },
  };
  return responseOf(messageEvents(0, 'Well.'), [
    { type: 'response.output_item.added', output_index: 1, item },
    { type: 'response.output_item.done', output_index: 1, item },
  ]);
}

export function onlyAtTheEnd(name: string): string[] {
  const events = responseOf(messageEvents(0, 'Well.'), itemEvents(1, 'function_call', name, ['{}']));
  return numbered(
    events.filter(({ type, output_index }) => output_index !== 1 || type === 'response.completed'),
  );
}
