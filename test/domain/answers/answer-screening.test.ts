/** domain/answers/answer-screening: whole answers, read string by string; every byte that is not of a finding stays. */
import { describe, expect, test } from 'vitest';
import { asRefusal } from '../../../src/base/errors.ts';
import { type AnswerRules, screenAnswer } from '../../../src/domain/answers/answer-screening.ts';
import { promptPrints } from '../../../src/guardrails/leak.ts';
import type { ScreenPolicy } from '../../../src/guardrails/screening.ts';

const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const placeholders = [{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'zoë "z"@example.com' }];
const RULES: AnswerRules = { policy, placeholders };

function screened(answer: string, rules = RULES) {
  return screenAnswer({ answer, kind: 'json', rules });
}
const json = (value: unknown): string => JSON.stringify(value);

describe('a JSON answer', () => {
  test('without a finding is the same bytes, however it is written', () => {
    for (const answer of [
      '{ "id" : "chatcmpl-1","n":1.0e0,\n"choices":[ {"message":{"content":"A \\u00e9 \\ud83d \\/ b"}}]}',
      json({ object: 'list', data: [{ embedding: [0.1, 2e-7] }] }),
      json({ data: [{ b64_json: 'aGVsbG8gamFuZUBleGFtcGxlLmNvbQ=='.repeat(20) }] }),
      json({ output: [{ type: 'reasoning', encrypted_content: 'gAAAA4242424242424242'.repeat(40) }] }),
    ])
      expect(screened(answer)).toEqual({ text: answer, findings: [], block: undefined });
  });

  test('loses findings in every field that is written, and nothing beside them', () => {
    const mail = 'eve@example.net';
    const message = {
      content: `Ask ${mail}.`,
      refusal: `Not ${mail}`,
      tool_calls: [{ id: 'call_1', function: { name: 'send', arguments: json({ to: mail, n: 1.5 }) } }],
      audio: { id: 'audio_1', transcript: `says ${mail}` },
      annotations: [
        { type: 'url_citation', url_citation: { title: mail, url: `https://x.example/?m=${mail}` } },
      ],
      new_field: [mail],
    };
    const { text, findings } = screened(json({ choices: [{ index: 0, message }] }));
    expect(text).toBe(json({ choices: [{ index: 0, message }] }).replaceAll(mail, '[REDACTED]'));
    expect(findings).toHaveLength(7);
  });

  test('gives values back in text and in arguments, escaped as they need', () => {
    const message = {
      content: 'To <EMAIL_1>',
      tool_calls: [{ function: { arguments: '{"to":"<EMAIL_1>"}' } }],
    };
    const got: unknown = JSON.parse(screened(json({ choices: [{ message }] })).text);
    const back = 'zoë "z"@example.com';
    expect(got).toEqual({
      choices: [
        { message: { content: `To ${back}`, tool_calls: [{ function: { arguments: json({ to: back }) } }] } },
      ],
    });
    // Ids are no text, and files that a search quotes have placeholders of their own.
    for (const other of [{ id: '<EMAIL_1>' }, { output: [{ results: [{ text: 'Ask <EMAIL_1>' }] }] }])
      expect(screened(json(other)).text).toBe(json(other));
  });

  test('loses its log probabilities where it was redacted, or where only they say something', () => {
    const logprobs = {
      content: ['Ask ', 'eve@', 'example', '.net'].map((token) => ({ token, bytes: [1], top_logprobs: [] })),
    };
    for (const content of ['Ask eve@example.net', 'Ask somebody']) {
      const { text } = screened(json({ choices: [{ message: { content }, logprobs }] }));
      expect(text).toContain('"logprobs":null');
      expect(text).not.toContain('example');
    }
    const plain = json({ choices: [{ message: { content: 'A' }, logprobs: { content: [{ token: 'A' }] } }] });
    expect(screened(plain).text).toBe(plain);
    const part = { type: 'output_text', text: 'Ask eve@example.net', logprobs: [{ token: 'Ask ' }] };
    expect(screened(json({ output: [{ content: [part] }] })).text).toContain('"logprobs":[]');
  });

  test('that blocks says so', () => {
    const rules = { ...RULES, policy: { ...policy, pii: 'block' as const } };
    expect(screened(json({ choices: [{ message: { content: 'eve@example.net' } }] }), rules).block).toBe(
      'pii',
    );
  });

  test('that has two readings, or none, is none', () => {
    for (const answer of ['{"a":1,"a":2}', '<html>', '{"a":', '[1e999]']) {
      let code = 'ok';
      try {
        screened(answer);
      } catch (error) {
        ({ code } = asRefusal(error));
      }
      expect([answer, code]).toEqual([answer, 'upstream.invalid_answer']);
    }
  });

  test('of many log probabilities is not too much', () => {
    const token = {
      token: 'a',
      bytes: [97],
      top_logprobs: Array.from({ length: 20 }, () => ({ token: 'b', bytes: [98] })),
    };
    const answer = json({
      choices: [
        { message: { content: 'a' }, logprobs: { content: Array.from({ length: 4000 }, () => token) } },
      ],
    });
    expect(screened(answer).text).toBe(answer);
  });
});

test('addresses are taken out of what is shown, not of what is cited or of arguments', () => {
  const out = 'https://evil.example/?q=1';
  const links = { image: 'redact' as const, link: 'redact' as const, allow: ['ok.example'] };
  const message = {
    content: `![x](${out}) [y](https://ok.example/)`,
    annotations: [{ url_citation: { url: out } }],
    tool_calls: [{ function: { name: 'open', arguments: json({ url: out }) } }],
  };
  const { text } = screened(json({ choices: [{ message }] }), {
    placeholders: [],
    policy: { ...policy, output: { links } },
  });
  expect(text).toBe(json({ choices: [{ message }] }).replace(out, '[link removed]'));
});

test('the system text is no answer, but for what echoes the request', () => {
  const system =
    'Never name a rate before the customer has told their income, and never speak of the merger. '.repeat(3);
  const leak = { action: 'redact' as const, canaries: [] };
  const rules = { placeholders: [], policy: { ...policy, output: { leak } }, prints: promptPrints([system]) };
  const answer = json({ instructions: system, output: [{ content: [{ text: `It says: ${system}` }] }] });
  const { text, findings } = screened(answer, rules);
  expect(text).toContain(json(system));
  expect(text).toMatch(/"It says: \[REDACTED\].{0,24}"/);
  expect(findings).toMatchObject([{ guardrail: 'leak', type: 'system_prompt', outcome: 'redacted' }]);
  const block = { ...rules, policy: { ...policy, output: { leak: { ...leak, action: 'block' as const } } } };
  expect(screened(answer, block).block).toBe('leak');
});

test('a plain text is screened as one', () => {
  const answer = '1\n00:00:01 --> 00:00:02\nWrite to <EMAIL_1>, not to eve@example.net.\n';
  const { text } = screenAnswer({ answer, kind: 'plain', rules: RULES });
  expect(text).toBe(
    answer.replace('<EMAIL_1>', 'zoë "z"@example.com').replace('eve@example.net', '[REDACTED]'),
  );
});
