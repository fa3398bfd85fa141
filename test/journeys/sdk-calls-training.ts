/** The SDK's calls for training, measuring and agents: fine-tuning, evals, ChatKit, and the assistants that are ended. */
import type { SdkCall } from './sdk-calls.ts';

const model = 'gpt-4o-mini';
const tuned = 'ft:gpt-4o-mini-2024-07-18:acme::9abc:ckpt-step-70';
const page = { after: 'obj_9', limit: 7, order: 'desc' } as const;
const threadPage = { ...page, before: 'obj_1' };
const metadata = { project: 'orion' };
const grader = {
  type: 'string_check' as const,
  name: 'exact',
  input: '{{sample.output_text}}',
  reference: '{{item.answer}}',
  operation: 'eq' as const,
};
const run = { run_id: 'run_1', eval_id: 'eval_1' };
const step = { thread_id: 'thread_1', run_id: 'run_1' };
const search = { type: 'function' as const, function: { name: 'search', parameters: { type: 'object' } } };

/** By the id of the operation's row. */
export const SDK_CALLS_TRAINING: Readonly<Record<string, SdkCall>> = {
  'fine_tuning.jobs.create': (ai) =>
    ai.fineTuning.jobs.create({
      model: 'gpt-4o-mini-2024-07-18',
      training_file: 'file-1',
      suffix: 'orion',
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 'auto' } } },
      metadata,
    }),
  'fine_tuning.jobs.list': (ai) =>
    ai.fineTuning.jobs.list({ after: 'ftjob_1', limit: 2, metadata: { project: 'orion' } }),
  'fine_tuning.jobs.retrieve': (ai) => ai.fineTuning.jobs.retrieve('ftjob_1'),
  'fine_tuning.jobs.cancel': (ai) => ai.fineTuning.jobs.cancel('ftjob_1'),
  'fine_tuning.jobs.pause': (ai) => ai.fineTuning.jobs.pause('ftjob_1'),
  'fine_tuning.jobs.resume': (ai) => ai.fineTuning.jobs.resume('ftjob_1'),
  'fine_tuning.jobs.events.list': (ai) => ai.fineTuning.jobs.listEvents('ftjob_1', { limit: 5 }),
  'fine_tuning.jobs.checkpoints.list': (ai) =>
    ai.fineTuning.jobs.checkpoints.list('ftjob_1', { after: 'ftckpt_1' }),
  'fine_tuning.checkpoints.permissions.list': (ai) =>
    ai.fineTuning.checkpoints.permissions.list(tuned, { order: 'ascending', project_id: 'proj_1' }),
  'fine_tuning.checkpoints.permissions.create': (ai) =>
    ai.fineTuning.checkpoints.permissions.create(tuned, { project_ids: ['proj_1', 'proj_2'] }),
  'fine_tuning.checkpoints.permissions.delete': (ai) =>
    ai.fineTuning.checkpoints.permissions.delete('cp_1', { fine_tuned_model_checkpoint: tuned }),
  'fine_tuning.graders.run': (ai) =>
    ai.fineTuning.alpha.graders.run({ grader, model_sample: 'Platform 4', item: { answer: 'Platform 4' } }),
  'fine_tuning.graders.validate': (ai) => ai.fineTuning.alpha.graders.validate({ grader }),

  'evals.create': (ai) =>
    ai.evals.create({
      name: 'stations',
      data_source_config: { type: 'custom', item_schema: { type: 'object' }, include_sample_schema: true },
      testing_criteria: [grader],
    }),
  'evals.list': (ai) => ai.evals.list({ ...page, order_by: 'updated_at' }),
  'evals.retrieve': (ai) => ai.evals.retrieve('eval_1'),
  'evals.update': (ai) => ai.evals.update('eval_1', { name: 'platforms' }),
  'evals.delete': (ai) => ai.evals.delete('eval_1'),
  'evals.runs.create': (ai) =>
    ai.evals.runs.create('eval_1', {
      name: 'first',
      data_source: {
        type: 'jsonl',
        source: { type: 'file_content', content: [{ item: { question: 'Where?', answer: 'Platform 4' } }] },
      },
    }),
  'evals.runs.list': (ai) => ai.evals.runs.list('eval_1', { ...page, status: 'completed' }),
  'evals.runs.retrieve': (ai) => ai.evals.runs.retrieve('run_1', { eval_id: 'eval_1' }),
  'evals.runs.delete': (ai) => ai.evals.runs.delete('run_1', { eval_id: 'eval_1' }),
  'evals.runs.output_items.list': (ai) =>
    ai.evals.runs.outputItems.list('run_1', { eval_id: 'eval_1', ...page, status: 'fail' }),
  'evals.runs.output_items.retrieve': (ai) => ai.evals.runs.outputItems.retrieve('item_1', run),

  'chatkit.sessions.create': (ai) =>
    ai.beta.chatkit.sessions.create({ user: 'u-1', workflow: { id: 'wf_1' } }),
  'chatkit.sessions.cancel': (ai) => ai.beta.chatkit.sessions.cancel('cksess_1'),
  'chatkit.threads.list': (ai) => ai.beta.chatkit.threads.list({ ...threadPage, user: 'u 1' }),
  'chatkit.threads.retrieve': (ai) => ai.beta.chatkit.threads.retrieve('cthr_1'),
  'chatkit.threads.delete': (ai) => ai.beta.chatkit.threads.delete('cthr_1'),
  'chatkit.threads.items.list': (ai) => ai.beta.chatkit.threads.listItems('cthr_1', threadPage),

  'assistants.create': (ai) =>
    ai.beta.assistants.create({ model, instructions: 'Be brief.', tools: [search] }),
  'assistants.list': (ai) => ai.beta.assistants.list(threadPage),
  'assistants.retrieve': (ai) => ai.beta.assistants.retrieve('asst_1'),
  'assistants.update': (ai) => ai.beta.assistants.update('asst_1', { name: 'porter' }),
  'assistants.delete': (ai) => ai.beta.assistants.delete('asst_1'),
  'threads.create': (ai) => ai.beta.threads.create({ messages: [{ role: 'user', content: 'Where is it?' }] }),
  'threads.create empty': (ai) => ai.beta.threads.create(),
  'threads.retrieve': (ai) => ai.beta.threads.retrieve('thread_1'),
  'threads.update': (ai) => ai.beta.threads.update('thread_1', { metadata }),
  'threads.delete': (ai) => ai.beta.threads.delete('thread_1'),
  'threads.messages.create': (ai) =>
    ai.beta.threads.messages.create('thread_1', { role: 'user', content: 'Where is it?' }),
  'threads.messages.list': (ai) =>
    ai.beta.threads.messages.list('thread_1', { ...threadPage, run_id: 'run_1' }),
  'threads.messages.retrieve': (ai) => ai.beta.threads.messages.retrieve('msg_1', { thread_id: 'thread_1' }),
  'threads.messages.update': (ai) =>
    ai.beta.threads.messages.update('msg_1', { thread_id: 'thread_1', metadata }),
  'threads.messages.delete': (ai) => ai.beta.threads.messages.delete('msg_1', { thread_id: 'thread_1' }),
  'threads.create_and_run': (ai) =>
    ai.beta.threads.createAndRun({ assistant_id: 'asst_1', thread: { metadata }, max_completion_tokens: 64 }),
  'threads.runs.create': (ai) =>
    ai.beta.threads.runs.create('thread_1', {
      assistant_id: 'asst_1',
      include: ['step_details.tool_calls[*].file_search.results[*].content'],
    }),
  'threads.runs.list': (ai) => ai.beta.threads.runs.list('thread_1', threadPage),
  'threads.runs.retrieve': (ai) => ai.beta.threads.runs.retrieve('run_1', { thread_id: 'thread_1' }),
  'threads.runs.update': (ai) => ai.beta.threads.runs.update('run_1', { thread_id: 'thread_1', metadata }),
  'threads.runs.cancel': (ai) => ai.beta.threads.runs.cancel('run_1', { thread_id: 'thread_1' }),
  'threads.runs.submit_tool_outputs': (ai) =>
    ai.beta.threads.runs.submitToolOutputs('run_1', {
      thread_id: 'thread_1',
      tool_outputs: [{ tool_call_id: 'call_1', output: 'Platform 4' }],
    }),
  'threads.runs.steps.list': (ai) =>
    ai.beta.threads.runs.steps.list('run_1', { thread_id: 'thread_1', ...page }),
  'threads.runs.steps.retrieve': (ai) => ai.beta.threads.runs.steps.retrieve('step_1', step),
};
