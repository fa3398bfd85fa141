/** What the history keeps: words alone, clean on both sides, also where a text is cut. Shown false by cutting before screening. */
import { expect, test } from 'vitest';
import { type TranscriptJob, TEXT_CHARS_MAX, transcribe } from '../../../src/domain/history/transcript.ts';
import type { ScreenPolicy } from '../../../src/guardrails/screening.ts';

const MAIL = 'jane.roe@example.com';
const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };

function read(body: object, said?: TranscriptJob['said'], endpointId = 'chat.completions.create') {
  return transcribe({ endpointId, sent: Buffer.from(JSON.stringify(body)), said, policy });
}
const saying = (content: string) => read({ messages: [{ role: 'user', content }] }).asked;

test('the words of every turn, placeholders as they went up; no settings, tools or credentials', () => {
  const { asked, answered } = read(
    {
      model: 'gpt-5',
      instructions: 'Be brief.',
      input: [{ role: 'user', content: [{ type: 'input_text', text: `<EMAIL_1> or ${MAIL}` }] }],
      tools: [
        { type: 'mcp', server_label: 'x', authorization: 'tool-credential', server_description: 'of a tool' },
      ],
      metadata: { about: 'a ticket' },
    },
    { text: `Write to ${MAIL}, not to <EMAIL_1>.`, isJson: false, isTorn: false },
    'responses.create',
  );
  expect(asked).toEqual({ text: 'Be brief.\n\n<EMAIL_1> or [REDACTED]', cut: false });
  expect(answered).toEqual({ text: 'Write to [REDACTED], not to <EMAIL_1>.', cut: false });
});

test('of a JSON answer the texts, of one that is not kept nothing', () => {
  const answer = { id: 'chatcmpl-1', choices: [{ message: { role: 'assistant', content: `Hi ${MAIL}` } }] };
  const { answered } = read({ messages: [] }, { text: JSON.stringify(answer), isJson: true, isTorn: false });
  expect(answered?.text).toContain('Hi [REDACTED]');
  expect(answered?.text).not.toContain('chatcmpl');
  expect(read({ messages: [] }).answered).toBeUndefined();
});

test('of a long question the end is kept, of a long answer the beginning; a value on the border is in neither', () => {
  for (const at of [0, 1, 7, 13, MAIL.length]) {
    // Where a slice of the raw text would begin, or end, in the middle of the value.
    const question = `${'x '.repeat(40_000)}${MAIL} ${'y '.repeat((TEXT_CHARS_MAX + 4096 - at) / 2)}`;
    const asked = saying(question);
    expect(asked.cut).toBe(true);
    expect(asked.text.length).toBeLessThanOrEqual(TEXT_CHARS_MAX);
    expect(asked.text).not.toMatch(/jane|roe|example/);
    const text = `${'x '.repeat((TEXT_CHARS_MAX + 4096 - at) / 2)}${MAIL} ${'y '.repeat(40_000)}`;
    const { answered } = read({ messages: [] }, { text, isJson: false, isTorn: false });
    expect(answered?.cut).toBe(true);
    expect(answered?.text).not.toMatch(/jane|roe|example/);
    expect(answered?.text.startsWith('x x')).toBe(true);
  }
});

test('a stream that broke off, or was too long to be heard whole, loses its last words, which may be half a value', () => {
  const text = `${'x '.repeat(5000)}jane.roe@exam`;
  const { answered } = read({ messages: [] }, { text, isJson: false, isTorn: true });
  expect(answered?.cut).toBe(true);
  expect(answered?.text).not.toContain('jane');
});
