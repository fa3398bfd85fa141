/** Honest answers of a fake OpenAI, for chat completions, responses, embeddings and models; and liars on demand. */
import { json, pieceOf, eventText, type Behaviour, type More, type Piece } from './behaviour.ts';
import type { SeenRequest } from './seen-request.ts';

type Json = Record<string, unknown>;

/** What is said; everything left out is honest and plain. */
export interface Says {
  /** The deltas, one token each. */
  readonly words?: readonly string[];
  /** So many words of filler instead, for burning money; the caller's cap is not looked at. */
  readonly outputTokens?: number;
  readonly inputTokens?: number;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
  /** Replaces the usage in the answer: a lie, or `null` for none. */
  readonly usage?: Json | null;
  /** Fields laid over the answer object (not over chunks). */
  readonly fields?: Json;
}

const WORDS = ['Hello', ' from', ' upstream', '.'];

/** What a well-behaved OpenAI would do with this request. */
export function honest(seen: SeenRequest): Behaviour {
  const path = seen.target.split('?')[0] ?? '';
  if (path.endsWith('/chat/completions')) return chatAnswer(seen);
  if (path.endsWith('/responses')) return responsesAnswer(seen);
  if (path.endsWith('/embeddings')) {
    const inputTokens = inputTokensOf(seen);
    const data = [{ object: 'embedding', index: 0, embedding: [0.6, 0.8] }];
    const usage = { prompt_tokens: inputTokens, total_tokens: inputTokens };
    const answer = { object: 'list', data, model: modelOf(seen), usage };
    return json(answer, { executed: { inputTokens, outputTokens: 0 } });
  }
  if (path.endsWith('/models')) return json({ object: 'list', data: [MODEL] });
  return json({ id: 'obj_1', object: 'thing' });
}

const MODEL = { id: 'gpt-4o-mini', object: 'model', created: 1, owned_by: 'upstream' };

/** Streams if the request asks for it, with the usage chunk only if asked for. */
export function chatAnswer(seen: SeenRequest, says: Says = {}, more: More = {}): Behaviour {
  const { words, n, inputTokens } = sayingOf(seen, says);
  const head = { id: `chatcmpl-${seen.index}`, created: 1, model: modelOf(seen) };
  const calls = (says.toolCalls ?? []).map((call, index) => ({
    index,
    id: `call_${seen.index}_${index}`,
    type: 'function',
    function: call,
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const prompt_tokens = inputTokens;
  const completion_tokens = words.length * n;
  const usage =
    says.usage === undefined
      ? { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
      : says.usage;
  const indices = Array.from({ length: n }, (_, index) => index);
  if (bodyOf(seen)['stream'] === true) {
    const chunk = (choices: readonly Json[], extra: Json = {}) =>
      eventText({ ...head, object: 'chat.completion.chunk', choices, ...extra });
    const delta = (delta: Json, tokens = 1): Piece[] =>
      indices.map((index) => pieceOf(chunk([{ index, delta, finish_reason: null }]), tokens));
    const pieces = [
      ...delta({ role: 'assistant', content: '' }, 0),
      ...words.flatMap((content) => delta({ content })),
      ...calls.flatMap((call) => delta({ tool_calls: [call] }, 0)),
      ...indices.map((index) => pieceOf(chunk([{ index, delta: {}, finish_reason }]))),
    ];
    if (usage && wantsUsage(seen)) pieces.push(pieceOf(chunk([], { usage })));
    return streamed([...pieces, pieceOf('data: [DONE]\n\n')], inputTokens, more);
  }
  const message = {
    role: 'assistant',
    content: words.join(''),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const choices = indices.map((index) => ({ index, message, finish_reason }));
  const answer = { ...head, object: 'chat.completion', choices, ...(usage && { usage }), ...says.fields };
  return json(answer, { ...more, executed: { inputTokens, outputTokens: completion_tokens } });
}

/** Streams if the request asks for it. Tool calls come as function_call items. */
export function responsesAnswer(seen: SeenRequest, says: Says = {}, more: More = {}): Behaviour {
  const { words, inputTokens } = sayingOf(seen, says);
  const usage =
    says.usage === undefined
      ? { input_tokens: inputTokens, output_tokens: words.length, total_tokens: inputTokens + words.length }
      : says.usage;
  const items = says.toolCalls?.map((call, index) => ({
    id: `fc_${seen.index}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${seen.index}_${index}`,
    ...call,
  }));
  const output = items ?? [messageOf(seen, words.join(''))];
  const head = { id: `resp_${seen.index}`, object: 'response', created_at: 1, model: modelOf(seen) };
  const closed = { ...head, status: 'completed', output, usage, ...says.fields };
  if (bodyOf(seen)['stream'] !== true) {
    return json(closed, { ...more, executed: { inputTokens, outputTokens: words.length } });
  }
  const opened = { ...head, status: 'in_progress', output: [], usage: null };
  const events = [
    { type: 'response.created', response: opened },
    ...(items ? items.flatMap(callEvents) : textEvents(messageOf(seen, words.join('')), words)),
    { type: 'response.completed', response: closed },
  ];
  const pieces = events.map((event, sequence_number) =>
    pieceOf(eventText({ ...event, sequence_number }), event.type === 'response.output_text.delta' ? 1 : 0),
  );
  return streamed(pieces, inputTokens, more);
}

function streamed(pieces: readonly Piece[], inputTokens: number, more: More): Behaviour {
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...more.headers };
  return { executed: { inputTokens, outputTokens: 0 }, ...more, headers, pieces };
}

function messageOf(seen: SeenRequest, text: string) {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { id: `msg_${seen.index}`, type: 'message', status: 'completed', role: 'assistant', content };
}

function textEvents(item: ReturnType<typeof messageOf>, words: readonly string[]) {
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  const part = item.content[0] ?? {};
  return [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text: words.join('') },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item },
  ];
}

function callEvents(item: Json, output_index: number) {
  const at = { item_id: item['id'], output_index };
  const args = String(item['arguments']);
  const half = Math.ceil(args.length / 2);
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, arguments: '' } },
    { type: 'response.function_call_arguments.delta', ...at, delta: args.slice(0, half) },
    { type: 'response.function_call_arguments.delta', ...at, delta: args.slice(half) },
    { type: 'response.function_call_arguments.done', ...at, arguments: args },
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** Words are cut to the caller's cap unless the test says how many there are; a token is one word. */
function sayingOf(seen: SeenRequest, says: Says) {
  const body = bodyOf(seen);
  const n = typeof body['n'] === 'number' ? body['n'] : 1;
  const inputTokens = says.inputTokens ?? inputTokensOf(seen);
  if (says.outputTokens !== undefined) {
    return { words: Array.from({ length: says.outputTokens }, () => ' word'), n, inputTokens };
  }
  const words = says.words ?? (says.toolCalls ? [] : WORDS);
  return { words: words.slice(0, Math.min(words.length, capOf(seen) ?? words.length)), n, inputTokens };
}

/** The output cap that reached upstream, under any of its names. */
export function capOf(seen: SeenRequest): number | undefined {
  const body = bodyOf(seen);
  const caps = [body['max_completion_tokens'], body['max_tokens'], body['max_output_tokens']];
  return caps.find((cap): cap is number => typeof cap === 'number');
}

/** Input tokens by a measure of upstream's own: a quarter of the body's bytes, at least 1. */
export function inputTokensOf(seen: SeenRequest): number {
  return Math.max(1, Math.ceil(seen.body.length / 4));
}

function wantsUsage(seen: SeenRequest): boolean {
  const options = bodyOf(seen)['stream_options'];
  return typeof options === 'object' && options !== null && 'include_usage' in options
    ? options.include_usage === true
    : false;
}

function modelOf(seen: SeenRequest): unknown {
  return bodyOf(seen)['model'] ?? 'gpt-4o-mini';
}

function bodyOf(seen: SeenRequest): Json {
  return typeof seen.json === 'object' && seen.json !== null
    ? Object.fromEntries(Object.entries(seen.json))
    : {};
}
