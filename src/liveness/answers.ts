/** What upstream says to the probe, as OpenAI says it: answers of chat completions, whole or in pieces. */
import type { SealedAnswer } from './sealed-upstream.ts';

/** Priced, so that money can be asked for. */
export const MODEL = 'gpt-4o-mini';
const COMMON = { id: 'chatcmpl-probe', created: 1, model: MODEL };
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

const whole = (message: object, reason: string): SealedAnswer => ({
  contentType: 'application/json',
  pieces: [
    JSON.stringify({
      ...COMMON,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: reason }],
      usage: USAGE,
    }),
  ],
});

/** A text. */
export function saying(content: string): SealedAnswer {
  return whole({ content, refusal: null }, 'stop');
}

/** A call of a function. */
export function calling(name: string, args: object): SealedAnswer {
  const call = { id: 'call_probe', type: 'function', function: { name, arguments: JSON.stringify(args) } };
  return whole({ content: null, refusal: null, tool_calls: [call] }, 'tool_calls');
}

function event(choices: readonly object[], more: object = {}): string {
  return `data: ${JSON.stringify({ ...COMMON, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
}

function chunk(delta: object, reason: string | null): string {
  return event([{ index: 0, delta, finish_reason: reason }]);
}

/** A text, an event a piece; its usage is told, so that nobody has to count it. */
export function sayingInPieces(pieces: readonly string[]): SealedAnswer {
  return {
    contentType: 'text/event-stream',
    pieces: [
      chunk({ role: 'assistant', content: '' }, null),
      ...pieces.map((content) => chunk({ content }, null)),
      chunk({}, 'stop'),
      event([], { usage: USAGE }),
      'data: [DONE]\n\n',
    ],
  };
}

/** The same of Realtime: an event a piece. */
export function sayingLive(text: string): SealedAnswer {
  const response = {
    object: 'realtime.response',
    id: 'resp_probe',
    conversation_id: 'conv_probe',
    output: [],
  };
  const at = { response_id: 'resp_probe', item_id: 'item_probe', output_index: 0, content_index: 0 };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const half = Math.floor(text.length / 2);
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    ...[text.slice(0, half), text.slice(half)].map((delta) => ({
      type: 'response.output_audio_transcript.delta',
      ...at,
      delta,
    })),
    { type: 'response.output_audio_transcript.done', ...at, transcript: text },
    { type: 'response.done', response: { ...response, status: 'completed', usage } },
  ];
  const pieces = events.map((event, at) => JSON.stringify({ ...event, event_id: `event_${at}` }));
  return { contentType: 'application/json', pieces };
}

/** The same of Responses, on a socket: an event a piece. */
export function sayingOnSocket(text: string): SealedAnswer {
  const response = { id: 'resp_probe', object: 'response', status: 'in_progress', output: [] };
  const at = { item_id: 'msg_probe', output_index: 0, content_index: 0 };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const half = Math.floor(text.length / 2);
  const events = [
    { type: 'response.created', response },
    ...[text.slice(0, half), text.slice(half)].map((delta) => ({
      type: 'response.output_text.delta',
      ...at,
      delta,
    })),
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  ];
  const pieces = events.map((event, sequence_number) => JSON.stringify({ ...event, sequence_number }));
  return { contentType: 'application/json', pieces };
}
