/** openai/echoes: bytes of log probabilities say what their token says. Shown false by a check that returns at once. */
import { expect, test } from 'vitest';
import { asRefusal } from '../../src/base/errors.ts';
import { checkEchoes } from '../../src/openai/echoes.ts';
import { parseAnswer } from '../../src/openai/json.ts';

const ascii = (text: string) => [...Buffer.from(text)];
function codeOf(entry: object, under = 'logprobs'): string | undefined {
  const choices = [{ index: 0, delta: {}, [under]: { content: [entry] } }];
  try {
    checkEchoes(parseAnswer(JSON.stringify({ choices })));
    return undefined;
  } catch (error) {
    return asRefusal(error).code;
  }
}

test.each([
  ['letters', { token: ' key', bytes: ascii(' key') }],
  ['other letters', { token: 'é☀️', bytes: ascii('é☀️') }],
  ['none', { token: 'a', bytes: null }],
  ['half a character, by escapes', { token: '\\xf0\\x9f', bytes: [0xf0, 0x9f] }],
  ['half a character behind letters', { token: 'bytes:a\\xf0', bytes: [97, 0xf0] }],
  ['half a character, by what stands for it', { token: '\ufffd', bytes: [0x9f, 0x91] }],
  ['an escape that is meant', { token: '\\x41', bytes: ascii('\\x41') }],
])('bytes may be %s', (_name, entry) => {
  expect(codeOf(entry)).toBeUndefined();
});

test.each([
  ['another text', { token: '?', bytes: ascii('key') }],
  ['one without a token', { bytes: ascii('key') }],
  ['more than the token', { token: 'a', bytes: ascii('ab') }],
  ['letters between halves', { token: '\ufffd', bytes: [0x9f, 75, 0x9f] }],
  ['of what might have been', { token: 'a', bytes: [97], top_logprobs: [{ token: 'b', bytes: [99] }] }],
])('bytes may not be %s', (_name, entry) => {
  expect(codeOf(entry)).toBe('upstream.invalid_answer');
});

test('bytes of anything else are not looked at', () => {
  expect(codeOf({ bytes: ascii('key') }, 'usage')).toBeUndefined();
});
