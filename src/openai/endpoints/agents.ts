/** Agents that run upstream: ChatKit, and the assistants and threads that OpenAI has ended. */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, TWO_WAY_PAGE, within } from './family.ts';

const chatkit = family('chatkit', { session_id: 'chatkit_session', thread_id: 'chatkit_thread' });
// OpenAI, API deprecations: Assistants API, announced 2025-08-26.
const ended = { retired: '2026-08-26' } as const;
const assistants = family('assistants', { assistant_id: 'assistant' }, ended);
const threads = family(
  'threads',
  { thread_id: 'thread', message_id: 'message', run_id: 'run', step_id: 'run_step' },
  ended,
);

/** Made with what they are for: `tool_resources` may hold stores that do not exist yet. */
const stores = { reveals: { 'tool_resources.file_search.vector_store_ids.*': 'vector_store' } } as const;
/** Files that an assistant wrote. */
const written = {
  'content.*.image_file.file_id': 'file',
  'content.*.text.annotations.*.file_path.file_id': 'file',
} as const;
const step = { 'step_details.message_creation.message_id': 'message' } as const;
const text = { bodyBytesMax: BYTES.text } as const;
/** What a run makes by and by, its stream shows as it comes. */
const streams = {
  streams: true,
  streamed: {
    thread: { kind: 'thread' },
    'thread.run': { kind: 'run' },
    'thread.run.step': { kind: 'run_step', reveals: step },
    'thread.message': { kind: 'message', reveals: written },
  },
} as const;
const run = { ...text, ...streams, model: 'optional', cost: 'deferred', makes: 'run' } as const;

export const AGENTS: readonly Endpoint[] = [
  chatkit.post('sessions.create', '/chatkit/sessions', {
    cost: 'unpriced',
    makes: 'chatkit_session',
    bypasses: true,
    note: 'The secret it answers lets a browser talk with OpenAI directly, past the gateway.',
  }),
  chatkit.act('sessions.cancel', '/chatkit/sessions/{session_id}/cancel'),
  chatkit.get('threads.list', '/chatkit/threads', {
    query: [...TWO_WAY_PAGE, 'user'],
    lists: 'chatkit_thread',
  }),
  chatkit.get('threads.retrieve', '/chatkit/threads/{thread_id}'),
  chatkit.remove('threads.delete', '/chatkit/threads/{thread_id}'),
  chatkit.get('threads.items.list', '/chatkit/threads/{thread_id}/items', {
    query: TWO_WAY_PAGE,
    ...within('conversation_item'),
  }),

  assistants.post('create', '/assistants', { ...text, ...stores, model: 'required', makes: 'assistant' }),
  assistants.get('list', '/assistants', { query: TWO_WAY_PAGE, lists: 'assistant' }),
  assistants.get('retrieve', '/assistants/{assistant_id}'),
  assistants.post('update', '/assistants/{assistant_id}', { ...text, ...stores, model: 'optional' }),
  assistants.remove('delete', '/assistants/{assistant_id}'),

  threads.post('create', '/threads', { ...text, ...stores, makes: 'thread' }),
  threads.get('retrieve', '/threads/{thread_id}'),
  threads.post('update', '/threads/{thread_id}', stores),
  threads.remove('delete', '/threads/{thread_id}'),
  threads.post('messages.create', '/threads/{thread_id}/messages', { ...text, makes: 'message' }),
  threads.get('messages.list', '/threads/{thread_id}/messages', {
    query: [...TWO_WAY_PAGE, 'run_id'],
    reveals: {
      ...within('message').reveals,
      'data.*.content.*.image_file.file_id': 'file',
      'data.*.content.*.text.annotations.*.file_path.file_id': 'file',
    },
  }),
  threads.get('messages.retrieve', '/threads/{thread_id}/messages/{message_id}', { reveals: written }),
  threads.post('messages.update', '/threads/{thread_id}/messages/{message_id}'),
  threads.remove('messages.delete', '/threads/{thread_id}/messages/{message_id}'),
  threads.post('create_and_run', '/threads/runs', { ...run, reveals: { thread_id: 'thread' } }),
  threads.post('runs.create', '/threads/{thread_id}/runs', { ...run, query: ['include'] }),
  threads.get('runs.list', '/threads/{thread_id}/runs', { query: TWO_WAY_PAGE, ...within('run') }),
  threads.get('runs.retrieve', '/threads/{thread_id}/runs/{run_id}'),
  threads.post('runs.update', '/threads/{thread_id}/runs/{run_id}'),
  threads.act('runs.cancel', '/threads/{thread_id}/runs/{run_id}/cancel'),
  threads.post('runs.submit_tool_outputs', '/threads/{thread_id}/runs/{run_id}/submit_tool_outputs', {
    ...text,
    ...streams,
    cost: 'deferred',
  }),
  threads.get('runs.steps.list', '/threads/{thread_id}/runs/{run_id}/steps', {
    query: [...TWO_WAY_PAGE, 'include'],
    reveals: {
      ...within('run_step').reveals,
      'data.*.step_details.message_creation.message_id': 'message',
    },
  }),
  threads.get('runs.steps.retrieve', '/threads/{thread_id}/runs/{run_id}/steps/{step_id}', {
    query: ['include'],
    reveals: step,
  }),
];
