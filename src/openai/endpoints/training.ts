/** Training and measuring models: fine-tuning, graders, evals. */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, ORDERED_PAGE, PAGE, within } from './family.ts';

const jobs = family(
  'fine_tuning.jobs',
  { fine_tuning_job_id: 'fine_tuning_job' },
  { reveals: { fine_tuned_model: 'fine_tuned_model', 'result_files.*': 'file' } },
);
const checkpoints = family('fine_tuning.checkpoints', {
  fine_tuned_model_checkpoint: 'fine_tuned_model',
  permission_id: 'checkpoint_permission',
});
const graders = family('fine_tuning.graders');
const evals = family(
  'evals',
  { eval_id: 'eval', run_id: 'eval_run', output_item_id: 'eval_output_item' },
  // OpenAI, API deprecations: Evals platform, announced 2026-06-03.
  { retired: '2026-11-30' },
);

const wide = {
  note: 'Its data source can read stored completions and responses of the whole account.',
} as const;

export const TRAINING: readonly Endpoint[] = [
  jobs.post('create', '/fine_tuning/jobs', { model: 'required', cost: 'deferred', makes: 'fine_tuning_job' }),
  jobs.get('list', '/fine_tuning/jobs', { query: [...PAGE, 'metadata'], lists: 'fine_tuning_job' }),
  jobs.get('retrieve', '/fine_tuning/jobs/{fine_tuning_job_id}'),
  jobs.act('cancel', '/fine_tuning/jobs/{fine_tuning_job_id}/cancel'),
  jobs.act('pause', '/fine_tuning/jobs/{fine_tuning_job_id}/pause'),
  jobs.act('resume', '/fine_tuning/jobs/{fine_tuning_job_id}/resume'),
  jobs.get('events.list', '/fine_tuning/jobs/{fine_tuning_job_id}/events', {
    query: PAGE,
    ...within('fine_tuning_event'),
  }),
  jobs.get('checkpoints.list', '/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints', {
    query: PAGE,
    reveals: {
      ...within('fine_tuning_checkpoint').reveals,
      'data.*.fine_tuned_model_checkpoint': 'fine_tuned_model',
    },
  }),

  checkpoints.get('permissions.list', '/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions', {
    query: [...ORDERED_PAGE, 'project_id'],
    ...within('checkpoint_permission'),
  }),
  checkpoints.post(
    'permissions.create',
    '/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions',
    within('checkpoint_permission'),
  ),
  checkpoints.remove(
    'permissions.delete',
    '/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions/{permission_id}',
  ),

  graders.post('run', '/fine_tuning/alpha/graders/run', { cost: 'unpriced', bodyBytesMax: BYTES.text }),
  graders.post('validate', '/fine_tuning/alpha/graders/validate', { bodyBytesMax: BYTES.text }),

  evals.post('create', '/evals', { ...wide, makes: 'eval', bodyBytesMax: BYTES.conversation }),
  evals.get('list', '/evals', { query: [...ORDERED_PAGE, 'order_by'], lists: 'eval' }),
  evals.get('retrieve', '/evals/{eval_id}'),
  evals.post('update', '/evals/{eval_id}'),
  evals.remove('delete', '/evals/{eval_id}'),
  evals.post('runs.create', '/evals/{eval_id}/runs', {
    ...wide,
    cost: 'deferred',
    makes: 'eval_run',
    bodyBytesMax: BYTES.conversation,
  }),
  evals.get('runs.list', '/evals/{eval_id}/runs', {
    query: [...ORDERED_PAGE, 'status'],
    ...within('eval_run'),
  }),
  evals.get('runs.retrieve', '/evals/{eval_id}/runs/{run_id}'),
  evals.act('runs.cancel', '/evals/{eval_id}/runs/{run_id}'),
  evals.remove('runs.delete', '/evals/{eval_id}/runs/{run_id}'),
  evals.get('runs.output_items.list', '/evals/{eval_id}/runs/{run_id}/output_items', {
    query: [...ORDERED_PAGE, 'status'],
    ...within('eval_output_item'),
  }),
  evals.get('runs.output_items.retrieve', '/evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}'),
];
