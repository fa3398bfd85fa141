/**
 * The fields at the top of the body of each relayed operation, by OpenAI's own description (OpenAPI document 2.3.0); of
 * the operations that most callers use, their JSON types too.
 */

/** Of a response, in a body or in an event. */
const RESPONSE = `
    model:string metadata:object top_logprobs:number temperature:number top_p:number user:string
    safety_identifier:string prompt_cache_key:string prompt_cache_retention:string
    prompt_cache_options:object previous_response_id:string background:boolean max_tool_calls:number
    text:object tools:objects tool_choice:string|object prompt:object service_tier:string
    truncation:string reasoning:object input:string|array include:array parallel_tool_calls:boolean
    store:boolean instructions:string moderation:object stream:boolean stream_options:object
    conversation:string|object context_management:objects max_output_tokens:number multi_agent:object`;

/** `name` or `name:type|type`; `objects` is an array of objects; `!`: without it the call means nothing. */
export const FIELDS: Readonly<Record<string, string>> = {
  'chat.completions.create': `
    model:string messages!:objects metadata:object top_logprobs:number temperature:number top_p:number
    user:string safety_identifier:string prompt_cache_key:string prompt_cache_retention:string
    prompt_cache_options:object service_tier:string modalities:array verbosity:string
    reasoning_effort:string max_completion_tokens:number frequency_penalty:number
    presence_penalty:number web_search_options:object response_format:object audio:object store:boolean
    moderation:object stream:boolean stop:string|array logit_bias:object logprobs:boolean
    max_tokens:number n:number prediction:object seed:number stream_options:object tools:objects
    tool_choice:string|object parallel_tool_calls:boolean function_call:string|object functions:objects`,
  'chat.completions.update': 'metadata',
  'completions.create': `
    model:string prompt:string|array best_of:number echo:boolean frequency_penalty:number
    logit_bias:object logprobs:number max_tokens:number n:number presence_penalty:number seed:number
    stop:string|array stream:boolean stream_options:object suffix:string temperature:number top_p:number
    user:string`,
  'responses.create': RESPONSE,
  'sockets.responses': `type!:string stream_id:string generate:boolean ${RESPONSE}`,
  'sockets.realtime': `
    type!:string event_id:string session:object item:object previous_item_id:string item_id:string
    content_index:number audio_end_ms:number audio:string response:object response_id:string`,
  'responses.input_tokens.count': `
    model:string input:string|array previous_response_id:string tools:objects text:object reasoning:object
    truncation:string instructions:string personality:string conversation:string|object
    tool_choice:string|object parallel_tool_calls:boolean`,
  'responses.compact': `
    model:string input:string|array previous_response_id:string instructions:string
    prompt_cache_key:string prompt_cache_retention:string prompt_cache_options:object
    service_tier:string`,
  'conversations.create': 'metadata:object items:objects',
  'conversations.update': 'metadata',
  'conversations.items.create': 'items!:objects',
  'embeddings.create': `
    model:string input!:string|array encoding_format:string dimensions:number user:string`,
  'moderations.create': 'model:string input!:string|array',
  'audio.speech.create': `
    model:string input!:string voice!:string|object instructions:string response_format:string
    speed:number stream_format:string`,
  'audio.transcriptions.create': `
    model file language languages keywords prompt response_format temperature include
    timestamp_granularities stream chunking_strategy known_speaker_names known_speaker_references`,
  'audio.translations.create': 'model file prompt response_format temperature',
  'voices.consents.create': 'name recording language',
  'voices.consents.update': 'name',
  'voices.create': 'name audio_sample consent',
  'images.generate': `
    model:string prompt!:string n:number quality:string response_format:string output_format:string
    output_compression:number stream:boolean partial_images:number size:string moderation:string
    background:string style:string user:string`,
  'images.edit': `
    model:string image:string|array prompt:string mask:string|object background:string n:number
    size:string response_format:string output_format:string output_compression:number user:string
    input_fidelity:string stream:boolean partial_images:number quality:string images:objects
    moderation:string`,
  'images.create_variation': 'model image n response_format size user',
  'videos.create': 'model prompt input_reference seconds size',
  'videos.edit': 'video prompt',
  'videos.extend': 'video prompt seconds',
  'videos.remix': 'prompt',
  'videos.characters.create': 'video name',
  'content_provenance_checks.create': 'file',
  'realtime.client_secrets.create': 'expires_after session',
  'realtime.sessions.create': `
    client_secret modalities instructions voice input_audio_format output_audio_format
    input_audio_transcription speed tracing turn_detection tools tool_choice temperature
    max_response_output_tokens truncation prompt`,
  'realtime.transcription_sessions.create': `
    turn_detection input_audio_noise_reduction input_audio_format input_audio_transcription include`,
  'realtime.translations.client_secrets.create': 'expires_after session',
  'realtime.calls.create': 'sdp session',
  'realtime.calls.accept': `
    model type output_modalities instructions audio include tracing tools tool_choice
    parallel_tool_calls reasoning max_output_tokens truncation prompt`,
  'realtime.calls.refer': 'target_uri',
  'realtime.calls.reject': 'status_code',
  'files.create': 'file purpose expires_after',
  'uploads.create': 'filename purpose bytes mime_type expires_after',
  'uploads.parts.create': 'data',
  'uploads.complete': 'part_ids md5',
  'batches.create': 'input_file_id endpoint completion_window metadata output_expires_after',
  'vector_stores.create': 'file_ids name description expires_after chunking_strategy metadata',
  'vector_stores.update': 'name expires_after metadata',
  'vector_stores.search': 'query rewrite_query max_num_results filters ranking_options',
  'vector_stores.files.create': 'file_id chunking_strategy attributes',
  'vector_stores.files.update': 'attributes',
  'vector_stores.file_batches.create': 'file_ids files chunking_strategy attributes',
  'containers.create': 'name file_ids expires_after skills memory_limit network_policy',
  'containers.files.create': 'file_id file',
  'skills.create': 'files',
  'skills.update': 'default_version',
  'skills.versions.create': 'files default',
  'fine_tuning.jobs.create': `
    model training_file hyperparameters suffix validation_file integrations seed method metadata`,
  'fine_tuning.checkpoints.permissions.create': 'project_ids',
  'fine_tuning.graders.run': 'grader item model_sample',
  'fine_tuning.graders.validate': 'grader',
  'evals.create': 'name metadata data_source_config testing_criteria',
  'evals.update': 'name metadata',
  'evals.runs.create': 'name metadata data_source',
  'chatkit.sessions.create': 'workflow user expires_after rate_limits chatkit_configuration',
  'assistants.create': `
    model name description instructions reasoning_effort tools tool_resources metadata temperature top_p
    response_format`,
  'assistants.update': `
    model reasoning_effort name description instructions tools tool_resources metadata temperature top_p
    response_format`,
  'threads.create': 'messages tool_resources metadata',
  'threads.update': 'tool_resources metadata',
  'threads.messages.create': 'role content attachments metadata',
  'threads.messages.update': 'metadata',
  'threads.create_and_run': `
    model assistant_id thread instructions tools tool_resources metadata temperature top_p stream
    max_prompt_tokens max_completion_tokens truncation_strategy tool_choice parallel_tool_calls
    response_format`,
  'threads.runs.create': `
    model assistant_id reasoning_effort instructions additional_instructions additional_messages tools
    metadata temperature top_p stream max_prompt_tokens max_completion_tokens truncation_strategy
    tool_choice parallel_tool_calls response_format`,
  'threads.runs.update': 'metadata',
  'threads.runs.submit_tool_outputs': 'tool_outputs stream',
};
