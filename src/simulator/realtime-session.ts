/**
 * The simulator's live session: settings, a conversation of texts, an answer to each `response.create`. Sound is not heard,
 * and nothing is answered unasked. Knows no socket: events in, events out.
 */
import { randomBytes } from 'node:crypto';
import { choiceOf } from './response.ts';
import {
  countOf,
  functionToolsOf,
  isJson,
  recordsOf,
  SimulatedError,
  textOfContent,
  type Json,
} from './json-input.ts';
import { inputTokensOf, planAnswer, type Plan } from './plan-answer.ts';

/** Older items are forgotten. */
const ITEMS_MAX = 500;

const newId = (kind: string): string => `${kind}_simulated${randomBytes(9).toString('hex')}`;

export class RealtimeSession {
  #session: Json;
  #items: Json[] = [];

  constructor(model: string) {
    this.#session = {
      type: 'realtime',
      object: 'realtime.session',
      id: newId('sess'),
      model,
      output_modalities: ['text'],
      instructions: '',
      tools: [],
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      tracing: null,
      truncation: 'auto',
      prompt: null,
      expires_at: 0,
      audio: { input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: null } },
      include: null,
    };
  }

  /** What is said when it opens. */
  opening(): readonly Json[] {
    return numbered([{ type: 'session.created', session: this.#session }]);
  }

  /** What is said to one event. @throws SimulatedError 400 */
  answer(event: Json): readonly Json[] {
    const { type } = event;
    if (type === 'session.update') return numbered(this.#set(event['session']));
    if (type === 'conversation.item.create') return numbered(this.#add(event['item']));
    if (type === 'response.create') return numbered(this.#respond(event['response']));
    if (type === 'input_audio_buffer.append') return [];
    if (type === 'input_audio_buffer.clear') return numbered([{ type: 'input_audio_buffer.cleared' }]);
    throw new SimulatedError(400, `The simulator's sessions know no event ${String(type).slice(0, 64)}.`);
  }

  #set(settings: unknown): readonly Json[] {
    if (!isJson(settings)) throw new SimulatedError(400, "Missing required parameter: 'session'.");
    const { id, model, audio } = this.#session;
    // Whatever is asked for, no turn of speech is ever detected here.
    this.#session = { ...this.#session, ...settings, id, model, audio };
    return [{ type: 'session.updated', session: this.#session }];
  }

  #add(given: unknown): readonly Json[] {
    if (!isJson(given)) throw new SimulatedError(400, "Missing required parameter: 'item'.");
    const item = { id: newId('item'), object: 'realtime.item', status: 'completed', ...given };
    const previous_item_id = this.#keep(item);
    return ['conversation.item.added', 'conversation.item.done'].map((type) => ({
      type,
      previous_item_id,
      item,
    }));
  }

  /** @returns the id of the item before it */
  #keep(item: Json): unknown {
    const before = this.#items.at(-1)?.['id'] ?? null;
    this.#items.push(item);
    if (this.#items.length > ITEMS_MAX) this.#items.shift();
    return before;
  }

  #respond(asked: unknown): readonly Json[] {
    const wanted = isJson(asked) ? asked : {};
    const settings = { ...this.#session, ...wanted };
    const isBeside = wanted['conversation'] === 'none';
    const read = Array.isArray(wanted['input']) ? recordsOf(wanted['input']) : this.#items;
    const plan = planOf(settings, read.at(-1));
    const response = {
      object: 'realtime.response',
      id: newId('resp'),
      status: 'in_progress',
      status_details: null,
      output: [],
      conversation_id: isBeside ? null : `conv_${String(this.#session['id'])}`,
      output_modalities: ['text'],
      max_output_tokens: settings['max_output_tokens'],
      metadata: wanted['metadata'] ?? null,
      usage: null,
    };
    const output = outputOf(plan);
    if (!isBeside) for (const item of output) this.#keep(item);
    return [
      { type: 'response.created', response },
      ...output.flatMap((item, index) => eventsOf(item, index, response.id, plan)),
      {
        type: 'response.done',
        response: { ...response, ...endOf(plan), output, usage: usageOf(settings, read, plan) },
      },
    ];
  }
}

/** Each event has an id of its own. */
function numbered(events: readonly Json[]): readonly Json[] {
  return events.map((event) => ({ event_id: newId('event'), ...event }));
}

function planOf(settings: Json, last: Json | undefined): Plan {
  const { max_output_tokens: cap, ...rest } = settings;
  return planAnswer({
    said: last === undefined ? '' : last['role'] === 'user' ? textOfContent(last['content']) : undefined,
    tools: functionToolsOf(rest['tools']),
    choice: choiceOf(rest['tool_choice']),
    cap: cap === 'inf' ? undefined : countOf(settings, ['max_output_tokens']),
  });
}

function endOf({ cut }: Plan): Json {
  return cut
    ? { status: 'incomplete', status_details: { type: 'incomplete', reason: 'max_output_tokens' } }
    : { status: 'completed', status_details: null };
}

function outputOf({ calls, pieces, cut }: Plan): readonly Json[] {
  const common = { object: 'realtime.item', status: cut ? 'incomplete' : 'completed' };
  if (calls.length === 0) {
    const content = [{ type: 'output_text', text: pieces.join('') }];
    return [{ id: newId('item'), ...common, type: 'message', role: 'assistant', content }];
  }
  return calls.map(({ name, pieces: parts }) => ({
    id: newId('item'),
    ...common,
    type: 'function_call',
    name,
    call_id: newId('call'),
    arguments: parts.join(''),
  }));
}

function eventsOf(item: Json, output_index: number, response_id: string, { calls, pieces }: Plan): Json[] {
  const at = { response_id, item_id: item['id'], output_index };
  const call = calls[output_index];
  const begun = { ...item, status: 'in_progress', ...(call ? { arguments: '' } : { content: [] }) };
  return [
    { type: 'response.output_item.added', response_id, output_index, item: begun },
    { type: 'conversation.item.added', previous_item_id: null, item: begun },
    ...(call ? callEvents(at, item, call.pieces) : textEvents(at, pieces)),
    { type: 'conversation.item.done', previous_item_id: null, item },
    { type: 'response.output_item.done', response_id, output_index, item },
  ];
}

function callEvents(at: Json, item: Json, pieces: readonly string[]): Json[] {
  const whole = { call_id: item['call_id'], name: item['name'], arguments: item['arguments'] };
  return [
    ...pieces.map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...at,
      call_id: item['call_id'],
      delta,
    })),
    { type: 'response.function_call_arguments.done', ...at, ...whole },
  ];
}

function textEvents(own: Json, pieces: readonly string[]): Json[] {
  const at = { ...own, content_index: 0 };
  const text = pieces.join('');
  return [
    { type: 'response.content_part.added', ...at, part: { type: 'text', text: '' } },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.content_part.done', ...at, part: { type: 'text', text } },
  ];
}

/** All that the session holds is read again for each answer. */
function usageOf(settings: Json, read: readonly Json[], { outputTokens }: Plan): Json {
  const texts = read.map((item) => textOfContent(item['content'] ?? item['output'] ?? item['arguments']));
  const { instructions } = settings;
  if (typeof instructions === 'string' && instructions) texts.push(instructions);
  const input = inputTokensOf(texts);
  return {
    total_tokens: input + outputTokens,
    input_tokens: input,
    output_tokens: outputTokens,
    input_token_details: {
      text_tokens: input,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}
