/** Every relayed operation that the official SDK has a method for, called once or more: what a caller may send. */
import type OpenAI from 'openai';
import { toFile } from 'openai';

export type SdkCall = (ai: OpenAI) => PromiseLike<unknown>;

const model = 'gpt-4o-mini';
const tuned = 'ft:gpt-4o-mini-2024-07-18:acme::9abc:ckpt-step-70';
const page = { after: 'obj_9', limit: 7, order: 'desc' } as const;
const metadata = { project: 'orion' };
const input = 'Where is the station?';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const text = (name = 'notes.txt') =>
  toFile(Buffer.from('a few lines\nof notes\n'), name, { type: 'text/plain' });
const png = () =>
  toFile(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 13, 10]), 'a.png', { type: 'image/png' });
const wav = () => toFile(Buffer.from('RIFF\0\0\r\n--x WAVE'), 'a.wav', { type: 'audio/wav' });

/** By the id of the operation's row, with a word behind it where there are several calls of one. */
export const SDK_CALLS: Readonly<Record<string, SdkCall>> = {
  'chat.completions.create': (ai) =>
    ai.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'Answer in one line. Ünïcode 🚉, "quotes" and \\ too.' },
        { role: 'user', content: [{ type: 'text', text: input }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'Platform 4' },
      ],
      max_completion_tokens: 64,
      temperature: 0.2,
      seed: -9_007_199_254_740_991,
      logit_bias: { '50256': -100 },
      metadata,
      tools: [{ type: 'function', function: { name: 'search', parameters } }],
      response_format: { type: 'json_object' },
      stop: ['\n', 'END'],
      user: 'u-1',
    }),
  'chat.completions.list': (ai) =>
    ai.chat.completions.list({ ...page, model, metadata: { a: 'b c', d: 'e&f=g' } }),
  'chat.completions.retrieve': (ai) => ai.chat.completions.retrieve('chatcmpl-1'),
  'chat.completions.update': (ai) => ai.chat.completions.update('chatcmpl-1', { metadata }),
  'chat.completions.delete': (ai) => ai.chat.completions.delete('chatcmpl-1'),
  'chat.completions.messages.list': (ai) => ai.chat.completions.messages.list('chatcmpl-1', page),
  'completions.create': (ai) =>
    ai.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: ['one', 'two'], max_tokens: 16 }),
  'completions.create scored': (ai) =>
    ai.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'x', max_tokens: 0, echo: true }),

  'responses.create': (ai) =>
    ai.responses.create({
      model,
      instructions: 'Answer in one line.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: input }] },
        { type: 'function_call', call_id: 'call_1', name: 'search', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Platform 4' },
      ],
      max_output_tokens: 64,
      include: ['message.output_text.logprobs'],
      reasoning: { effort: 'low' },
      text: { format: { type: 'json_schema', name: 'answer', schema: parameters } },
      tools: [{ type: 'function', name: 'search', parameters, strict: true }],
      store: false,
      metadata,
    }),
  'responses.create chained': (ai) =>
    ai.responses.create({ model, input, previous_response_id: 'resp_1', max_output_tokens: 64 }),
  'responses.create hosted': (ai) =>
    ai.responses.create({
      model,
      input,
      max_output_tokens: 64,
      max_tool_calls: 2,
      tools: [{ type: 'web_search' }, { type: 'file_search', vector_store_ids: ['vs_1'] }],
    }),
  'responses.create beta': (ai) =>
    ai.beta.responses.create({ model, input, max_output_tokens: 64, betas: ['responses_multi_agent=v1'] }),
  'responses.create unnamed': (ai) =>
    ai.responses.create({ prompt: { id: 'pmpt_1' }, max_output_tokens: 64 }),
  'responses.retrieve': (ai) =>
    ai.responses.retrieve('resp_1', {
      include: ['reasoning.encrypted_content', 'message.input_image.image_url'],
    }),
  'responses.delete': (ai) => ai.responses.delete('resp_1'),
  'responses.cancel': (ai) => ai.responses.cancel('resp_1'),
  'responses.input_items.list': (ai) =>
    ai.responses.inputItems.list('resp_1', { ...page, include: ['message.input_image.image_url'] }),
  'responses.input_tokens.count': (ai) => ai.responses.inputTokens.count({ model, input }),
  'responses.compact': (ai) => ai.responses.compact({ model, input }),

  'conversations.create': (ai) =>
    ai.conversations.create({ metadata, items: [{ type: 'message', role: 'user', content: input }] }),
  'conversations.create empty': (ai) => ai.conversations.create(),
  'conversations.retrieve': (ai) => ai.conversations.retrieve('conv_1'),
  'conversations.update': (ai) => ai.conversations.update('conv_1', { metadata }),
  'conversations.delete': (ai) => ai.conversations.delete('conv_1'),
  'conversations.items.create': (ai) =>
    ai.conversations.items.create('conv_1', {
      items: [{ type: 'message', role: 'user', content: input }],
      include: ['message.input_image.image_url'],
    }),
  'conversations.items.list': (ai) => ai.conversations.items.list('conv_1', page),
  'conversations.items.retrieve': (ai) =>
    ai.conversations.items.retrieve('msg_1', {
      conversation_id: 'conv_1',
      include: ['file_search_call.results'],
    }),
  'conversations.items.delete': (ai) => ai.conversations.items.delete('msg_1', { conversation_id: 'conv_1' }),

  'embeddings.create': (ai) =>
    ai.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'float' }),
  'embeddings.create tokens': (ai) =>
    ai.embeddings.create({ model: 'text-embedding-3-small', input: [[1, 2], [3]], dimensions: 8 }),
  'moderations.create': (ai) =>
    ai.moderations.create({
      input: [
        { type: 'text', text: input },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      ],
    }),
  'models.list': (ai) => ai.models.list(),
  'models.retrieve': (ai) => ai.models.retrieve(tuned),
  'fine_tuning.models.delete': (ai) => ai.models.delete(tuned),

  'audio.speech.create': (ai) => ai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input }),
  'audio.transcriptions.create': async (ai) =>
    ai.audio.transcriptions.create({
      file: await wav(),
      model: 'gpt-4o-transcribe',
      language: 'en',
      temperature: 0.5,
      include: ['logprobs'],
      chunking_strategy: 'auto',
    }),
  'audio.transcriptions.create text': async (ai) =>
    ai.audio.transcriptions.create({ file: await wav(), model: 'whisper-1', response_format: 'text' }),
  'audio.translations.create': async (ai) =>
    ai.audio.translations.create({ file: await wav(), model: 'whisper-1', prompt: 'names' }),
  'voices.consents.create': async (ai) =>
    ai.audio.voiceConsents.create({ name: 'Jo', language: 'en-US', recording: await wav() }),
  'voices.consents.list': (ai) => ai.audio.voiceConsents.list({ after: 'cons_1', limit: 3 }),
  'voices.consents.retrieve': (ai) => ai.audio.voiceConsents.retrieve('cons_1'),
  'voices.consents.update': (ai) => ai.audio.voiceConsents.update('cons_1', { name: 'Jo' }),
  'voices.consents.delete': (ai) => ai.audio.voiceConsents.delete('cons_1'),
  'voices.create': async (ai) =>
    ai.audio.voices.create({ name: 'Jo', consent: 'cons_1', audio_sample: await wav() }),

  'images.generate': (ai) =>
    ai.images.generate({
      model: 'gpt-image-1',
      prompt: 'a lighthouse',
      n: 2,
      size: '1024x1024',
      quality: 'low',
    }),
  'images.generate unnamed': (ai) => ai.images.generate({ prompt: 'a lighthouse' }),
  'images.edit': async (ai) =>
    ai.images.edit({ model: 'gpt-image-1', prompt: 'add a boat', image: [await png(), await png()], n: 1 }),
  'images.create_variation': async (ai) => ai.images.createVariation({ image: await png(), n: 1 }),

  'videos.create': async (ai) =>
    ai.videos.create({ prompt: 'waves', model: 'sora-2', seconds: '4', input_reference: await png() }),
  'videos.list': (ai) => ai.videos.list(page),
  'videos.retrieve': (ai) => ai.videos.retrieve('video_1'),
  'videos.delete': (ai) => ai.videos.delete('video_1'),
  'videos.content.retrieve': (ai) => ai.videos.downloadContent('video_1', { variant: 'thumbnail' }),
  'videos.edit': (ai) => ai.videos.edit({ prompt: 'calmer', video: { id: 'video_1' } }),
  'videos.extend': (ai) => ai.videos.extend({ prompt: 'longer', seconds: '8', video: { id: 'video_1' } }),
  'videos.remix': (ai) => ai.videos.remix('video_1', { prompt: 'at night' }),
  'videos.characters.create': async (ai) => ai.videos.createCharacter({ name: 'Jo', video: await png() }),
  'videos.characters.retrieve': (ai) => ai.videos.getCharacter('char_1'),
  'content_provenance_checks.create': async (ai) => ai.contentProvenanceChecks.create({ file: await png() }),

  'realtime.client_secrets.create': (ai) =>
    ai.realtime.clientSecrets.create({
      expires_after: { anchor: 'created_at', seconds: 60 },
      session: { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.' },
    }),
  'realtime.sessions.create': (ai) => ai.beta.realtime.sessions.create({ instructions: 'Be brief.' }),
  'realtime.transcription_sessions.create': (ai) =>
    ai.beta.realtime.transcriptionSessions.create({ input_audio_format: 'pcm16' }),
  'realtime.translations.client_secrets.create': (ai) =>
    ai.realtime.translations.clientSecrets.create({
      session: { model: 'gpt-realtime-translate', audio: { output: { language: 'de' } } },
    }),
  'realtime.calls.create': (ai) => ai.realtime.calls.create({ sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n' }),
  'realtime.calls.accept': (ai) =>
    ai.realtime.calls.accept('rtc_1', { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.' }),
  'realtime.calls.hangup': (ai) => ai.realtime.calls.hangup('rtc_1'),
  'realtime.calls.refer': (ai) => ai.realtime.calls.refer('rtc_1', { target_uri: 'tel:+14155550123' }),
  'realtime.calls.reject': (ai) => ai.realtime.calls.reject('rtc_1', { status_code: 486 }),

  'files.create': async (ai) =>
    ai.files.create({
      file: await text('quarterly "notes".txt'),
      purpose: 'user_data',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    }),
  'files.list': (ai) => ai.files.list({ ...page, purpose: 'batch' }),
  'files.retrieve': (ai) => ai.files.retrieve('file-1'),
  'files.delete': (ai) => ai.files.delete('file-1'),
  'files.content': (ai) => ai.files.content('file-1'),
  'uploads.create': (ai) =>
    ai.uploads.create({ bytes: 21, filename: 'a.txt', mime_type: 'text/plain', purpose: 'assistants' }),
  'uploads.parts.create': async (ai) => ai.uploads.parts.create('upload_1', { data: await text() }),
  'uploads.complete': (ai) => ai.uploads.complete('upload_1', { part_ids: ['part_1'] }),
  'uploads.cancel': (ai) => ai.uploads.cancel('upload_1'),
  'batches.create': (ai) =>
    ai.batches.create({
      input_file_id: 'file-1',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata,
    }),
  'batches.list': (ai) => ai.batches.list({ after: 'batch_1', limit: 2 }),
  'batches.retrieve': (ai) => ai.batches.retrieve('batch_1'),
  'batches.cancel': (ai) => ai.batches.cancel('batch_1'),

  'vector_stores.create': (ai) =>
    ai.vectorStores.create({
      name: 'notes',
      file_ids: ['file-1'],
      metadata,
      chunking_strategy: { type: 'auto' },
    }),
  'vector_stores.list': (ai) => ai.vectorStores.list({ ...page, before: 'vs_2' }),
  'vector_stores.retrieve': (ai) => ai.vectorStores.retrieve('vs_1'),
  'vector_stores.update': (ai) => ai.vectorStores.update('vs_1', { name: 'old notes', expires_after: null }),
  'vector_stores.delete': (ai) => ai.vectorStores.delete('vs_1'),
  'vector_stores.search': (ai) =>
    ai.vectorStores.search('vs_1', {
      query: ['station', 'platform'],
      filters: { type: 'eq', key: 'lang', value: 'en' },
      max_num_results: 3,
    }),
  'vector_stores.files.create': (ai) =>
    ai.vectorStores.files.create('vs_1', { file_id: 'file-1', attributes: { year: 2026, public: true } }),
  'vector_stores.files.list': (ai) => ai.vectorStores.files.list('vs_1', { ...page, filter: 'completed' }),
  'vector_stores.files.retrieve': (ai) =>
    ai.vectorStores.files.retrieve('file-1', { vector_store_id: 'vs_1' }),
  'vector_stores.files.update': (ai) =>
    ai.vectorStores.files.update('file-1', { vector_store_id: 'vs_1', attributes: { year: 2025 } }),
  'vector_stores.files.delete': (ai) => ai.vectorStores.files.delete('file-1', { vector_store_id: 'vs_1' }),
  'vector_stores.files.content': (ai) => ai.vectorStores.files.content('file-1', { vector_store_id: 'vs_1' }),
  'vector_stores.file_batches.create': (ai) =>
    ai.vectorStores.fileBatches.create('vs_1', { file_ids: ['file-1', 'file-2'] }),
  'vector_stores.file_batches.retrieve': (ai) =>
    ai.vectorStores.fileBatches.retrieve('vsfb_1', { vector_store_id: 'vs_1' }),
  'vector_stores.file_batches.cancel': (ai) =>
    ai.vectorStores.fileBatches.cancel('vsfb_1', { vector_store_id: 'vs_1' }),
  'vector_stores.file_batches.files.list': (ai) =>
    ai.vectorStores.fileBatches.listFiles('vsfb_1', { vector_store_id: 'vs_1', ...page }),

  'containers.create': (ai) =>
    ai.containers.create({ name: 'box', memory_limit: '1g', file_ids: ['file-1'] }),
  'containers.list': (ai) => ai.containers.list({ ...page, name: 'box' }),
  'containers.retrieve': (ai) => ai.containers.retrieve('cntr_1'),
  'containers.delete': (ai) => ai.containers.delete('cntr_1'),
  'containers.files.create': async (ai) => ai.containers.files.create('cntr_1', { file: await text() }),
  'containers.files.list': (ai) => ai.containers.files.list('cntr_1', page),
  'containers.files.retrieve': (ai) => ai.containers.files.retrieve('cfile_1', { container_id: 'cntr_1' }),
  'containers.files.delete': (ai) => ai.containers.files.delete('cfile_1', { container_id: 'cntr_1' }),
  'containers.files.content': (ai) =>
    ai.containers.files.content.retrieve('cfile_1', { container_id: 'cntr_1' }),

  'skills.create': async (ai) => ai.skills.create({ files: [await text('SKILL.md'), await text('b.txt')] }),
  'skills.list': (ai) => ai.skills.list(page),
  'skills.retrieve': (ai) => ai.skills.retrieve('skill_1'),
  'skills.update': (ai) => ai.skills.update('skill_1', { default_version: '2' }),
  'skills.delete': (ai) => ai.skills.delete('skill_1'),
  'skills.content': (ai) => ai.skills.content.retrieve('skill_1'),
  'skills.versions.create': async (ai) =>
    ai.skills.versions.create('skill_1', { default: true, files: [await text('SKILL.md')] }),
  'skills.versions.list': (ai) => ai.skills.versions.list('skill_1', page),
  'skills.versions.retrieve': (ai) => ai.skills.versions.retrieve('2', { skill_id: 'skill_1' }),
  'skills.versions.delete': (ai) => ai.skills.versions.delete('2', { skill_id: 'skill_1' }),
  'skills.versions.content': (ai) => ai.skills.versions.content.retrieve('2', { skill_id: 'skill_1' }),
};
