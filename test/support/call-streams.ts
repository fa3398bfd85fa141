/** Events of streams that make calls of tools, as OpenAI sends them: chat, and items of Responses. */

type Json = Record<string, unknown>;

/** One chunk of chat with one choice. */
export function chunkOf(delta: Json, more: Json = {}, index = 0): string {
  const choice = { index, delta, logprobs: null, finish_reason: null, ...more };
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices: [choice] })}\n\n`;
}

/** A part of the call at this index; `name` in the first. */
export function callPart(index: number, text: string, name?: string, choice = 0): string {
  const named = name === undefined ? {} : { id: `call_${index}`, type: 'function' };
  const fn = name === undefined ? { arguments: text } : { name, arguments: text };
  return chunkOf({ tool_calls: [{ index, ...named, function: fn }] }, {}, choice);
}

/** A call in as many parts as are given. */
export function chatCall(index: number, name: string, parts: readonly string[]): string[] {
  return [callPart(index, '', name), ...parts.map((part) => callPart(index, part))];
}

export const CALLED = chunkOf({}, { finish_reason: 'tool_calls' });
export const DONE = 'data: [DONE]\n\n';

/** Events of Responses, numbered. */
export function numbered(events: readonly Json[]): string[] {
  return events.map(
    (event, sequence_number) =>
      `event: ${String(event['type'])}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
}

const FAMILIES: Readonly<Record<string, readonly [family: string, field: string]>> = {
  function_call: ['function_call_arguments', 'arguments'],
  custom_tool_call: ['custom_tool_call_input', 'input'],
  mcp_call: ['mcp_call_arguments', 'arguments'],
};

/** All events of one call of Responses. */
export function itemEvents(
  output_index: number,
  type: string,
  name: string,
  parts: readonly string[],
): Json[] {
  const [family = '', field = ''] = FAMILIES[type] ?? [];
  const text = parts.join('');
  const id = `item_${output_index}`;
  const item = { id, type, status: 'completed', call_id: `call_${output_index}`, name, [field]: text };
  const at = { item_id: id, output_index };
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', [field]: '' },
    },
    ...parts.map((delta) => ({ type: `response.${family}.delta`, ...at, delta })),
    { type: `response.${family}.done`, ...at, [field]: text },
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** The events of a message of one word. */
export function messageEvents(output_index: number, word: string): Json[] {
  const at = { item_id: `item_${output_index}`, output_index, content_index: 0 };
  const part = { type: 'output_text', text: word, annotations: [] };
  const item = { id: at.item_id, type: 'message', status: 'completed', role: 'assistant', content: [part] };
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...at, delta: word, logprobs: [] },
    { type: 'response.output_text.done', ...at, text: word, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** A whole response of these items, which are told once more at its end. */
export function responseOf(...items: readonly (readonly Json[])[]): Json[] {
  const head = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-4o-mini' };
  const output = items.map((events) => events.at(-1)?.['item']);
  return [
    { type: 'response.created', response: { ...head, status: 'in_progress', output: [] } },
    ...items.flat(),
    { type: 'response.completed', response: { ...head, status: 'completed', output } },
  ];
}
