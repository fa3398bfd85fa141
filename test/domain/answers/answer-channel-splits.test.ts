/** domain/answers/answer-channel: a text in pieces comes to what the text as a whole comes to, wherever it is cut. */
import { array, assert, constantFrom, infiniteStream, integer, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { screen, type ScreenPolicy } from '../../../src/guardrails/screening.ts';
import { AnswerChannel } from '../../../src/domain/answers/answer-channel.ts';

const POLICY: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
// In two pieces, so that no scanner of this file takes it for one that works.
const KEY = ['AKIA', 'Z7K3QW5NB2XH4MTR'].join('');

/** Each with one value that is redacted, so that it must not be seen in part either. */
const VALUES: readonly (readonly [before: string, value: string, after: string])[] = [
  ['Write to ', 'jane.roe@example.com', ', please.'],
  ['Call ', '+44 20 7946 0958', ' in the morning.'],
  ['Her number is (', '212) 555-0187', ' I think.'],
  ['The card is ', '4242 4242 4242 4242', '.'],
  ['Pay to ', 'GB82 WEST 1234 5698 7654 32', ' today.'],
  ['His SSN: ', '536-90-4399', '; keep it.'],
  ['Set key = "', KEY, '" there.'],
  ['The password is ', 'tr0ub4dor&3x', ' for now.'],
  ['passport number ', 'X1234567', ' was stamped.'],
];
const PLAIN = [
  'It is two kilometres to the sea, and the walk takes half an hour.',
  'In 2024 there were 365,000 visitors; 12 of them stayed.',
  'Version 1.2.3 of `a <b> c` is out, see section 4.2.',
  'Привет, как дела? Всё хорошо.',
  '今日は海へ行きます。とても楽しいです。',
  'if (a < b && c[0] == 17) return x_y_z;',
];

function whole(text: string): string {
  const { rewrites } = screen([{ text, trust: 'tool', class: 'prose' }], POLICY);
  return rewrites[0]?.text ?? text;
}

function streamed(pieces: readonly string[]): { text: string } {
  const channel = new AnswerChannel({ policy: POLICY, onFinding: () => {} });
  const list = pieces.map((piece) => channel.push(piece));
  channel.end();
  return { text: list.map((piece) => piece.told ?? piece.text).join('') };
}

describe('wherever it is cut', () => {
  const texts = VALUES.map(([before, value, after]) => `${PLAIN[0]} ${before}${value}${after} ${PLAIN[1]}`);

  test.each(texts.map((text, i) => [VALUES[i]?.[1] ?? '', text]))('in two: %s', (value, text) => {
    const wanted = whole(text);
    expect(wanted).not.toContain(value);
    for (let at = 0; at <= text.length; at++) {
      expect(streamed([text.slice(0, at), text.slice(at)]).text, `cut at ${at}`).toBe(wanted);
    }
  });

  test('one unit at a time, and in any pieces', () => {
    const any = array(oneof(constantFrom(...PLAIN), constantFrom(...VALUES.map((parts) => parts.join('')))), {
      minLength: 1,
      maxLength: 6,
    });
    assert(
      property(any, infiniteStream(integer({ min: 1, max: 9 })), (parts, sizes) => {
        const text = parts.join(' ');
        const wanted = whole(text);
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const size = sizes.next().value ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(streamed(pieces).text).toBe(wanted);
        expect(streamed(Array.from({ length: text.length }, (_, i) => text.charAt(i))).text).toBe(wanted);
      }),
      { numRuns: 300 },
    );
  });
});
