/** What is kept upstream: files, uploads, batches, vector stores, containers, skills. */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, ORDERED_PAGE, PAGE, TWO_WAY_PAGE, within } from './family.ts';

const files = family('files', { file_id: 'file' });
const uploads = family('uploads', { upload_id: 'upload' });
const batches = family(
  'batches',
  { batch_id: 'batch' },
  { reveals: { output_file_id: 'file', error_file_id: 'file' }, madeFrom: 'input_file_id' },
);
const stores = family('vector_stores', {
  vector_store_id: 'vector_store',
  file_id: 'file',
  batch_id: 'vector_store_file_batch',
});
const containers = family('containers', { container_id: 'container', file_id: 'container_file' });
const skills = family('skills', { skill_id: 'skill', version: 'skill_version' });

const kept = { note: 'Storage is billed by the day, outside of any call: not charged here.' } as const;
const documents = { files: 'documents', bodyBytesMax: BYTES.file } as const;
const upload = { ...documents, body: 'multipart' } as const;
const either = { ...documents, body: 'either' } as const;

export const STORAGE: readonly Endpoint[] = [
  files.post('create', '/files', { ...upload, makes: 'file' }),
  files.get('list', '/files', {
    query: [...ORDERED_PAGE, 'purpose'],
    lists: 'file',
    pageItems: [10_000, 10_000],
  }),
  files.get('retrieve', '/files/{file_id}'),
  files.remove('delete', '/files/{file_id}'),
  files.get('content', '/files/{file_id}/content', { answer: 'binary', results: true }),

  uploads.post('create', '/uploads', { makes: 'upload' }),
  uploads.post('parts.create', '/uploads/{upload_id}/parts', {
    ...upload,
    makes: 'upload_part',
    note: 'A part is screened by itself: unless request.unreadFiles says otherwise, no file is put together of two.',
  }),
  uploads.post('complete', '/uploads/{upload_id}/complete', { reveals: { 'file.id': 'file' } }),
  uploads.act('cancel', '/uploads/{upload_id}/cancel'),

  batches.post('create', '/batches', { cost: 'deferred', makes: 'batch' }),
  batches.get('list', '/batches', { query: PAGE, lists: 'batch' }),
  batches.get('retrieve', '/batches/{batch_id}'),
  batches.act('cancel', '/batches/{batch_id}/cancel'),

  stores.post('create', '/vector_stores', { ...kept, makes: 'vector_store' }),
  stores.get('list', '/vector_stores', { query: TWO_WAY_PAGE, lists: 'vector_store' }),
  stores.get('retrieve', '/vector_stores/{vector_store_id}'),
  stores.post('update', '/vector_stores/{vector_store_id}'),
  stores.remove('delete', '/vector_stores/{vector_store_id}'),
  stores.post('search', '/vector_stores/{vector_store_id}/search', {
    cost: 'unit',
    shape: 'input',
    quotes: 'file_id',
  }),
  stores.post('files.create', '/vector_stores/{vector_store_id}/files', kept),
  stores.get('files.list', '/vector_stores/{vector_store_id}/files', {
    query: [...TWO_WAY_PAGE, 'filter'],
    ...within('file'),
  }),
  stores.get('files.retrieve', '/vector_stores/{vector_store_id}/files/{file_id}'),
  stores.post('files.update', '/vector_stores/{vector_store_id}/files/{file_id}'),
  stores.remove('files.delete', '/vector_stores/{vector_store_id}/files/{file_id}'),
  stores.get('files.content', '/vector_stores/{vector_store_id}/files/{file_id}/content'),
  stores.post('file_batches.create', '/vector_stores/{vector_store_id}/file_batches', {
    ...kept,
    makes: 'vector_store_file_batch',
  }),
  stores.get('file_batches.retrieve', '/vector_stores/{vector_store_id}/file_batches/{batch_id}'),
  stores.act('file_batches.cancel', '/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel'),
  stores.get('file_batches.files.list', '/vector_stores/{vector_store_id}/file_batches/{batch_id}/files', {
    query: [...TWO_WAY_PAGE, 'filter'],
    ...within('file'),
  }),

  containers.post('create', '/containers', { cost: 'unit', makes: 'container' }),
  containers.get('list', '/containers', { query: [...ORDERED_PAGE, 'name'], lists: 'container' }),
  containers.get('retrieve', '/containers/{container_id}'),
  containers.remove('delete', '/containers/{container_id}'),
  containers.post('files.create', '/containers/{container_id}/files', { ...either, makes: 'container_file' }),
  containers.get('files.list', '/containers/{container_id}/files', {
    query: ORDERED_PAGE,
    ...within('container_file'),
  }),
  containers.get('files.retrieve', '/containers/{container_id}/files/{file_id}'),
  containers.remove('files.delete', '/containers/{container_id}/files/{file_id}'),
  containers.get('files.content', '/containers/{container_id}/files/{file_id}/content', { answer: 'binary' }),

  skills.post('create', '/skills', { ...either, makes: 'skill' }),
  skills.get('list', '/skills', { query: ORDERED_PAGE, lists: 'skill' }),
  skills.get('retrieve', '/skills/{skill_id}'),
  skills.post('update', '/skills/{skill_id}'),
  skills.remove('delete', '/skills/{skill_id}'),
  skills.get('content', '/skills/{skill_id}/content', { answer: 'binary' }),
  skills.post('versions.create', '/skills/{skill_id}/versions', { ...either, makes: 'skill_version' }),
  skills.get('versions.list', '/skills/{skill_id}/versions', { query: ORDERED_PAGE }),
  skills.get('versions.retrieve', '/skills/{skill_id}/versions/{version}'),
  skills.remove('versions.delete', '/skills/{skill_id}/versions/{version}'),
  skills.get('versions.content', '/skills/{skill_id}/versions/{version}/content', { answer: 'binary' }),
];
