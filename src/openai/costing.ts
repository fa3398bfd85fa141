/**
 * The fields at the top of a body that decide what a call costs. Each is read by facts.ts, hosted-tools.ts or the price of
 * the operation, and bounded by the quote, or refused; the coverage table shows them, a test moves each and watches.
 */
import type { Endpoint } from './endpoint.ts';

const RESPONSE = `
    model input instructions tools text prompt conversation previous_response_id max_output_tokens max_tool_calls
    service_tier context_management multi_agent background`;
/** By the id of an operation, or by its group. */
const FIELDS: Readonly<Record<string, string>> = {
  'chat.completions.create': `
    model messages tools functions response_format prediction n max_tokens max_completion_tokens service_tier
    web_search_options`,
  'completions.create': 'model prompt suffix n best_of max_tokens',
  'responses.create': RESPONSE,
  'sockets.responses': RESPONSE,
  'sockets.realtime': 'type session item response audio',
  'responses.compact': 'model input instructions previous_response_id service_tier',
  'embeddings.create': 'model input',
  'audio.speech.create': 'model input instructions speed',
  'audio.transcriptions.create': 'model file prompt keywords known_speaker_references',
  'audio.translations.create': 'model file prompt',
  'images.generate': 'model prompt n size quality',
  'images.edit': 'model prompt image images mask n size quality',
  'images.create_variation': 'model image n size',
  'containers.create': 'memory_limit',
  'batches.create': 'input_file_id',
  'videos.create': 'model seconds size',
};

const tables = new Map(Object.entries(FIELDS).map(([id, words]) => [id, new Set(words.trim().split(/\s+/))]));

/** Names of the fields that decide what this operation costs; none where it is free, or by the call. */
export function costingFields(endpoint: Endpoint): ReadonlySet<string> {
  return tables.get(endpoint.id) ?? new Set();
}
