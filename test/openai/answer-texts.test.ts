/** openai/answer-texts: which events are known. Shown false by an expression that wants a word between `response.` and its state. */
import { expect, test } from 'vitest';
import { readAnswerEvent } from '../../src/openai/answer-texts.ts';
import { parseAnswer } from '../../src/openai/json.ts';

const isKnown = (event: object): boolean => readAnswerEvent(parseAnswer(JSON.stringify(event))).isKnown;

/** By what stands behind `response.`: of the response itself, of items, of their parts. */
const RESPONSES = `
  created in_progress queued completed incomplete failed done output_item.added output_item.done content_part.added
  content_part.done output_text.delta output_text.done output_text.annotation.added refusal.delta refusal.done
  function_call_arguments.delta function_call_arguments.done custom_tool_call_input.delta custom_tool_call_input.done
  reasoning_summary_part.added reasoning_summary_part.done reasoning_summary_text.delta reasoning_summary_text.done
  reasoning_text.delta reasoning_text.done file_search_call.searching web_search_call.completed mcp_call.in_progress
  mcp_call_arguments.delta mcp_call.failed mcp_list_tools.completed code_interpreter_call_code.delta
  code_interpreter_call.interpreting image_generation_call.partial_image image_generation_call.generating
  audio.delta audio.done audio.transcript.delta audio.transcript.done output_audio_transcript.delta`;
const OTHERS = `
  error keepalive speech.audio.delta speech.audio.done transcript.text.delta transcript.text.segment transcript.text.done
  image_generation.partial_image image_generation.completed image_edit.partial_image image_edit.completed
  session.created session.updated transcription_session.updated conversation.item.added conversation.item.done
  conversation.item.input_audio_transcription.delta conversation.item.input_audio_transcription.completed
  input_audio_buffer.speech_started input_audio_buffer.dtmf_event_received rate_limits.updated`;
const words = (list: string): string[] => list.trim().split(/\s+/);

test('every event that OpenAI describes is known, and none beside them', () => {
  const types = [...words(RESPONSES).map((name) => `response.${name}`), ...words(OTHERS)];
  expect(types.filter((type) => !isKnown({ type }))).toEqual([]);
  for (const event of [{ choices: [] }, { error: {} }, { object: 'thread.run' }])
    expect(isKnown(event)).toBe(true);
  for (const type of ['response.telepathy', 'thought.delta', 'response.', 'session.thought', 'error.more'])
    expect(isKnown({ type })).toBe(false);
  expect(isKnown({ note: 'x' })).toBe(false);
});

test('what a response comes to at its end is whole texts, not pieces of others', () => {
  const response = { output: [{ content: [{ type: 'output_text', text: 'Well.' }] }] };
  for (const type of ['response.completed', 'response.incomplete', 'response.failed']) {
    const { texts } = readAnswerEvent(parseAnswer(JSON.stringify({ type, response })));
    expect(texts.find(({ leaf }) => leaf.value === 'Well.')?.kind).toBe('text');
  }
});

test('what a page may show is known by its name: also what reasons, and what was heard', () => {
  const delta = { content: 'a', reasoning_content: 'b', refusal: 'c', audio: { transcript: 'd' }, note: 'e' };
  const { texts } = readAnswerEvent(parseAnswer(JSON.stringify({ choices: [{ index: 0, delta }] })));
  const shown = texts
    .filter(({ isRendered, leaf }) => isRendered && !leaf.isKey)
    .map(({ leaf }) => leaf.value);
  expect(shown).toEqual(['a', 'b', 'c', 'd']);
});
