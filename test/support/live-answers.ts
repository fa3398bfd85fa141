/** What an honest upstream says over a Realtime socket: settings, and the events of one answer. */
import type { Event, UpstreamConnection } from './socket-upstream.ts';

let made = 0;

/** Sound in, sound out, and answers by itself unless `detection` is null. */
export function settled(type: 'session.created' | 'session.updated', detection: object | null): Event {
  return {
    type,
    event_id: `event_${++made}`,
    session: {
      type: 'realtime',
      object: 'realtime.session',
      id: 'sess_1',
      model: 'gpt-realtime',
      audio: { input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: detection } },
    },
  };
}

export interface LiveOptions {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly audioTokens?: number;
  /** Of the events with its pieces. */
  readonly kind?: 'output_text' | 'output_audio_transcript';
}

/** The events of a whole answer with these pieces. */
export function liveEvents(pieces: readonly string[], options: LiveOptions = {}): Event[] {
  const { inputTokens = 20, outputTokens = 10, audioTokens = 0, kind = 'output_text' } = options;
  const id = `resp_live${++made}`;
  const response = { object: 'realtime.response', id, conversation_id: 'conv_1', output: [] };
  const at = { response_id: id, item_id: `item_${id}`, output_index: 0, content_index: 0 };
  const usage = {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, cached_tokens: 0 },
    output_token_details: { text_tokens: outputTokens - audioTokens, audio_tokens: audioTokens },
  };
  const text = pieces.join('');
  const whole = kind === 'output_text' ? { text } : { transcript: text };
  const events: Event[] = [
    { type: 'response.created', response: { ...response, status: 'in_progress', usage: null } },
    ...pieces.map((delta) => ({ type: `response.${kind}.delta`, ...at, delta })),
    { type: `response.${kind}.done`, ...at, ...whole },
    { type: 'response.done', response: { ...response, status: 'completed', usage } },
  ];
  return events.map((event) => ({ event_id: `event_${++made}`, ...event }));
}

/** A script that answers each `response.create` so, and confirms settings. */
export function answering(pieces: readonly string[], options: LiveOptions = {}) {
  return (connection: UpstreamConnection, { type }: Event): void => {
    if (type === 'response.create') connection.send(...liveEvents(pieces, options));
    if (type === 'session.update') connection.send(settled('session.updated', { type: 'server_vad' }));
  };
}

/** What an answer says, as its pieces say it. */
export function liveText(events: readonly Event[]): string {
  return events
    .filter(({ type }) => /^response\.output_(?:text|audio_transcript)\.delta$/.test(String(type)))
    .map(({ delta }) => String(delta))
    .join('');
}
