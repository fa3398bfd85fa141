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
