/** Text in, text out: chat completions, completions, responses, conversations, embeddings, moderations, models. */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, ORDERED_PAGE, RESPONSE_OUTPUT, within } from './family.ts';

const chat = family('chat.completions', { completion_id: 'chat_completion' });
const completions = family('completions');
const responses = family('responses', { response_id: 'response' });
const conversations = family('conversations', {
  conversation_id: 'conversation',
  item_id: 'conversation_item',
});
const embeddings = family('embeddings');
const moderations = family('moderations');
const models = family('models');
// What DELETE /models/{model} deletes is a fine-tuned model: not a thing that listing models should open.
const tuned = family('fine_tuning.models', { model: 'fine_tuned_model' });

const generates = { cost: 'tokens', streams: true } as const;
const large = { bodyBytesMax: BYTES.conversation } as const;
// The same operation under a newer contract, which `OpenAI-Beta` names.
const beta = ['beta'] as const;
const items = {
  reveals: { ...within('conversation_item').reveals, 'data.*.encrypted_content': 'sealed' },
} as const;
const responseInput = { shape: 'responses', model: 'optional', query: beta, ...large } as const;

export const TEXT: readonly Endpoint[] = [
  chat.post('create', '/chat/completions', {
    ...generates,
    ...large,
    shape: 'chat',
    model: 'required',
    makes: 'chat_completion',
    reveals: { 'choices.*.message.audio.id': 'audio', 'choices.*.delta.audio.id': 'audio' },
  }),
  chat.get('list', '/chat/completions', {
    query: [...ORDERED_PAGE, 'metadata', 'model'],
    lists: 'chat_completion',
    quotes: 'id',
  }),
  chat.get('retrieve', '/chat/completions/{completion_id}'),
  chat.post('update', '/chat/completions/{completion_id}'),
  chat.remove('delete', '/chat/completions/{completion_id}'),
  chat.get('messages.list', '/chat/completions/{completion_id}/messages', {
    query: ORDERED_PAGE,
    ...within('message'),
  }),

  completions.post('create', '/completions', {
    ...generates,
    shape: 'completion',
    model: 'required',
    bodyBytesMax: BYTES.text,
  }),

  // A stored prompt may bring its own model, so upstream does not insist on one here.
  responses.post('create', '/responses', {
    ...responseInput,
    ...generates,
    makes: 'response',
    reveals: RESPONSE_OUTPUT,
  }),
  responses.get('retrieve', '/responses/{response_id}', {
    query: ['include', 'stream', 'starting_after', 'include_obfuscation', 'beta'],
    streams: true,
    reveals: RESPONSE_OUTPUT,
  }),
  responses.remove('delete', '/responses/{response_id}', { query: beta }),
  responses.act('cancel', '/responses/{response_id}/cancel', { query: beta, reveals: RESPONSE_OUTPUT }),
  responses.get('input_items.list', '/responses/{response_id}/input_items', {
    query: [...ORDERED_PAGE, 'include', 'beta'],
    ...items,
  }),
  responses.post('input_tokens.count', '/responses/input_tokens', responseInput),
  responses.post('compact', '/responses/compact', {
    ...responseInput,
    model: 'required',
    cost: 'tokens',
    makes: 'response',
    reveals: RESPONSE_OUTPUT,
  }),

  conversations.post('create', '/conversations', { ...large, shape: 'items', makes: 'conversation' }),
  conversations.get('retrieve', '/conversations/{conversation_id}'),
  conversations.post('update', '/conversations/{conversation_id}'),
  conversations.remove('delete', '/conversations/{conversation_id}'),
  conversations.post('items.create', '/conversations/{conversation_id}/items', {
    ...large,
    shape: 'items',
    query: ['include'],
    ...items,
  }),
  conversations.get('items.list', '/conversations/{conversation_id}/items', {
    query: [...ORDERED_PAGE, 'include'],
    ...items,
  }),
  conversations.get('items.retrieve', '/conversations/{conversation_id}/items/{item_id}', {
    query: ['include'],
  }),
  conversations.remove('items.delete', '/conversations/{conversation_id}/items/{item_id}'),

  embeddings.post('create', '/embeddings', {
    shape: 'input',
    model: 'required',
    cost: 'tokens',
    bodyBytesMax: BYTES.text,
  }),

  moderations.post('create', '/moderations', { ...large, shape: 'input', model: 'optional' }),

  models.get('list', '/models', { lists: 'fine_tuned_model' }),
  models.get('retrieve', '/models/{model}', { model: 'path' }),
  tuned.remove('delete', '/models/{model}', { model: 'path' }),
];
