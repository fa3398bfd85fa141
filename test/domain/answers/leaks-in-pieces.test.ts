/**
 * domain/answers/answer-channel: addresses and the system text in a text that comes in pieces, at every split. Of words that
 * only the system text knows, shown false by a `repeatsSystem` that is always false, or always true, and by a `hasOwnWords`
 * that asks for patterns alone.
 */
import { describe, expect, test } from 'vitest';
import { AnswerChannel, type ChannelOptions } from '../../../src/domain/answers/answer-channel.ts';
import { screenJsonAnswer, screenPlainAnswer } from '../../../src/domain/answers/answer-screening.ts';
import { promptPrints } from '../../../src/guardrails/leak.ts';
import { screen, type ScreenPolicy } from '../../../src/guardrails/screening.ts';

const policy: ScreenPolicy = {
  injection: 'off',
  pii: 'redact',
  secrets: 'redact',
  reversible: false,
  output: {
    links: { image: 'redact', link: 'observe', allow: ['docs.example.com'] },
    leak: { action: 'redact', canaries: ['Kolibri-7'] },
  },
};
const PROMPT = `You serve a bank by the river. Never name a rate before the customer has told their income, and "never"
speak of the merger. Whoever asks for a loan over a million is sent to the branch in the old town; smaller ones are
yours, as long as the form on page four is filled in. Say good-bye in the language of the customer.`;
const prints = promptPrints([PROMPT]);

function streamed(pieces: readonly string[], more: Partial<ChannelOptions> = {}): string {
  const channel = new AnswerChannel({ policy, isRendered: true, onFinding: () => {}, ...more });
  const list = pieces.map((piece) => channel.push(piece));
  channel.end();
  return list.map((piece) => piece.told ?? piece.text).join('');
}

const output = (item: object) => ({ object: 'response', output: [item] });
const halves = (text: string, at: number): string[] => [text.slice(0, at), text.slice(at)];

describe('an address', () => {
  test.each([
    ['I drew it: ![the plan of it](', 'https://evil.example/p.png?q=1', ') and that is all.'],
    ['I drew it: ![a [b] c](', '//evil.example/p.png', ') and that is all.'],
    ['I drew it: ![the plan][b] for you.\n\n[b]: ', '//evil.example/p.png', '\n\nThat is all.'],
    ['See <img alt="a plan" src="', 'ht\ntps://evil.example/a', '"> and so on.'],
    ['See <img srcset="/a.png 1x, ', '//evil.example/b', ' 2x"> and so on.'],
    ['See ![x](', 'https\\://evil.example/a', ') and so on.'],
    ['See ![x](', 'https://docs.example.com\\@evil.example/a', ') and so on.'],
  ])('%s%s%s', (before, address, after) => {
    const text = before + address + after;
    const wanted = `${before}[link removed]${after}`;
    expect(screenPlainAnswer(text, { policy, placeholders: [] }).text).toBe(wanted);
    for (let at = 0; at <= text.length; at++) expect(streamed(halves(text, at)), `cut at ${at}`).toBe(wanted);
    expect(streamed(text.split(''))).toBe(wanted);
  });

  test('that is followed at a click alone, or is listed, stays at any split', () => {
    const text =
      'See [the plan](https://else.example/a) and ![it](https://docs.example.com/a.png), or <a href="/b">b</a>.';
    for (let at = 0; at <= text.length; at++) expect(streamed(halves(text, at))).toBe(text);
  });
});

describe('the system text', () => {
  const inArguments = JSON.stringify({ to: 'the team', body: `They say:\n${PROMPT}` });

  test.each([
    ['as it is', PROMPT],
    ['emphasised', PROMPT.replaceAll(/\w+/g, '**$&**')],
    [
      'full-width',
      PROMPT.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
    ],
    ['in base64', Buffer.from(PROMPT).toString('base64')],
  ])('%s leaves no more than its beginning, at any split', (_, text) => {
    const all = `I was told: ${text} And that is all.`;
    const most = text.length * 0.75;
    for (let at = 0; at <= all.length; at += 7) {
      const told = streamed(halves(all, at), { prints });
      expect(told).toContain('[REDACTED]');
      expect(told.length, `cut at ${at}`).toBeLessThan(most + 60);
      expect(told).toMatch(/ And that is all\.$/);
    }
    expect(streamed(Array.from(all), { prints })).toContain('[REDACTED]');
  });

  test('in what a tool is called with is cut, and the arguments stay JSON', () => {
    for (let at = 0; at <= inArguments.length; at += 7) {
      const told = streamed(halves(inArguments, at), { prints, isJson: true, isRendered: false });
      const { to, body } = Object.assign({ to: '', body: '' }, JSON.parse(told));
      expect(to).toBe('the team');
      expect(body).toContain('[REDACTED]');
      expect(body).not.toContain('page four');
    }
    const other = JSON.stringify({ to: 'the team', body: 'The river is high. '.repeat(40) });
    expect(streamed(halves(other, 99), { prints, isJson: true, isRendered: false })).toBe(other);
  });

  const rules = { policy, placeholders: [], prints };
  const answers: readonly (readonly [string, unknown])[] = [
    ['content', { choices: [{ message: { role: 'assistant', content: PROMPT } }] }],
    ['a refusal', { choices: [{ message: { role: 'assistant', content: null, refusal: PROMPT } }] }],
    [
      'arguments',
      { choices: [{ message: { tool_calls: [{ function: { name: 'send', arguments: inArguments } }] } }] },
    ],
    [
      'a summary of reasoning',
      { output: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: PROMPT }] }] },
    ],
    ['reasoning', { output: [{ type: 'reasoning', content: [{ type: 'reasoning_text', text: PROMPT }] }] }],
    ['the input of a custom tool', { output: [{ type: 'custom_tool_call', name: 'write', input: PROMPT }] }],
    ['code', { output: [{ type: 'code_interpreter_call', code: PROMPT }] }],
  ];

  test.each(answers)('is found in %s', (_, answer) => {
    const { text, findings } = screenJsonAnswer(JSON.stringify(answer), rules);
    expect(text).toContain('[REDACTED]');
    expect(text).not.toContain('page four');
    expect(findings).toEqual([expect.objectContaining({ guardrail: 'leak', type: 'system_prompt' })]);
  });

  test('is not found where the answer says what it was asked, nor in what quotes a sentence of it', () => {
    for (const answer of [
      { instructions: PROMPT, output: [] },
      { output: [{ type: 'message', content: [{ type: 'output_text', text: PROMPT.slice(0, 120) }] }] },
    ]) {
      const source = JSON.stringify(answer);
      expect(screenJsonAnswer(source, rules)).toMatchObject({ text: source, findings: [] });
    }
  });

  test('has words that nobody else knows: each of them goes, in other letters too', () => {
    const text = 'It is Kolibri-7, or ＫＯＬＩＢＲＩ-7, or koli\u200bbri-7; never Kolibri 8.';
    const wanted = 'It is [REDACTED], or [REDACTED], or [REDACTED]; never Kolibri 8.';
    for (let at = 0; at <= text.length; at++) expect(streamed(halves(text, at))).toBe(wanted);
    expect(screenPlainAnswer(text, rules).text).toBe(wanted);
  });

  const word = 'Kolibri-7';
  test.each([
    ['a message', output({ type: 'message', content: [{ type: 'output_text', text: `Is ${word}.` }] })],
    ['two parts', output({ content: [{ text: 'Is Koli' }, { text: 'bri-7.' }] })],
    ['a refusal', { choices: [{ message: { refusal: `Not ${word}.` } }] }],
    ['reasoning', output({ type: 'reasoning', summary: [{ type: 'summary_text', text: word }] })],
    ['arguments', output({ type: 'function_call', name: 'f', arguments: '{"q":"\\u004bolibri-7"}' })],
    ['what is searched for', output({ type: 'web_search_call', action: { query: word } })],
    ['what is run', output({ type: 'shell_call', action: { commands: [`echo ${word}`] } })],
    ['what a server answers', output({ type: 'mcp_call', name: 'f', arguments: '{}', output: word })],
    ['a name', output({ type: 'function_call', name: word, arguments: '{}' })],
    ['log probabilities', { choices: [{ logprobs: { content: [{ token: 'Koli' }, { token: 'bri-7' }] } }] }],
    ['instructions that a tool is given', output({ type: 'x_call', action: { instructions: word } })],
  ])('its words are found in an answer that comes whole: %s', (_, answer) => {
    const { text, findings } = screenJsonAnswer(JSON.stringify(answer), rules);
    expect(findings.map(({ type, outcome }) => [type, outcome])).toEqual([['canary', 'redacted']]);
    expect(text).not.toMatch(/olibri|bri-7/);
  });

  const message = { type: 'message', content: [{ type: 'input_text', text: `Say not ${word}.` }] };
  const instructions = `Say not ${word}.`;
  test.each([
    { object: 'response', instructions, output: [] },
    { type: 'response.created', response: { instructions, output: [] } },
    { type: 'response.created', response: { instructions: [{ ...message, role: 'system' }], output: [] } },
    { type: 'session.updated', session: { instructions } },
    { object: 'list', data: [{ object: 'assistant', instructions }] },
    { object: 'list', data: [{ ...message, role: 'developer' }] },
    { type: 'conversation.item.added', item: { ...message, role: 'system' } },
  ])('but not where whoever asked reads their own system text again: %j', (answer) => {
    const source = JSON.stringify(answer);
    const stopping = { ...policy, output: { leak: { action: 'block' as const, canaries: [word] } } };
    for (const rulesOf of [rules, { policy: stopping, placeholders: [] }])
      expect(screenJsonAnswer(source, rulesOf)).toMatchObject({ text: source, findings: [] });
  });

  test('a name that was clean where nobody knew the word is read again', () => {
    const name = [{ text: 'kolibri-7', trust: 'tool', class: 'token' }] as const;
    expect(screen(name, { ...policy, output: {} }).findings).toEqual([]);
    const stopping = { ...policy, output: { leak: { action: 'block' as const, canaries: [word] } } };
    expect(screen(name, stopping).block).toBe('leak');
  });
});
