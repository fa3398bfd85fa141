/** What an honest upstream says over a socket for one `response.create` of Responses. */
import type { Event, UpstreamConnection } from './socket-upstream.ts';

let made = 0;

export interface SaidOptions {
  readonly id?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** The events of a whole response with these pieces of text. */
export function saidEvents(pieces: readonly string[], options: SaidOptions = {}): Event[] {
  const { id = `resp_socket${++made}`, inputTokens = 7, outputTokens = pieces.length } = options;
  const response = { id, object: 'response', status: 'in_progress', output: [] };
  const at = { item_id: `msg_${id}`, output_index: 0, content_index: 0 };
  const text = pieces.join('');
  const usage = {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
  return [
    { type: 'response.created', response },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

/** A script that says the same to everybody. */
export function saying(pieces: readonly string[], options: SaidOptions = {}) {
  return (connection: UpstreamConnection): void => connection.send(...saidEvents(pieces, options));
}

/** The text of an answer, as its pieces say it. */
export function saidText(events: readonly Event[]): string {
  return events
    .filter(({ type }) => type === 'response.output_text.delta')
    .map(({ delta }) => String(delta))
    .join('');
}

/** A call that says this. */
export function create(input: unknown, fields: object = {}): Event {
  return { type: 'response.create', model: 'gpt-4o-mini', input, ...fields };
}
