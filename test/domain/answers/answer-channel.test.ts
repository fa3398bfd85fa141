/** domain/answers/answer-channel: pieces of one text, cut and put back, say together what the whole text would say. */
import { array, assert, constantFrom, infiniteStream, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { AnswerChannel, type Piece } from '../../../src/domain/answers/answer-channel.ts';
import { screenPlainAnswer } from '../../../src/domain/answers/answer-screening.ts';
import { Restorer } from '../../../src/guardrails/placeholders-restoring.ts';
import type { ScreenPolicy } from '../../../src/guardrails/screening.ts';

const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const placeholders = [
  { placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'jane.roe@example.com' },
  { placeholder: '<PERSON_1>', type: 'PERSON', value: 'Jane "J" Roe' },
  { placeholder: '<PERSON_2>', type: 'PERSON', value: 'Bob Roe' },
];

/** What became of each piece. */
function pieces(texts: readonly string[], isJson = false): readonly Piece[] {
  const restorer = new Restorer(placeholders, isJson);
  const channel = new AnswerChannel({ policy, restorer, isJson, onFinding: () => {} });
  const done = texts.map((text) => channel.push(text));
  channel.end();
  return done;
}
const told = (list: readonly Piece[]): string => list.map((piece) => piece.told ?? piece.text).join('');

const PARTS = [
  'Write to <EMAIL_1>.',
  '<PERSON_1> and <PERSON_2> are two people;',
  'so is <person_2>, but <PERSON_9> is nobody.',
  'Mine is eve@example.net, or 4242 4242 4242 4242.',
  'if (a < b) return "<EMAIL";',
  'Twelve 🚢 ships in 2024, 👩‍👩‍👧 aboard.',
  'Ευχαριστώ, <EMAIL_1>!',
];
const parts = array(constantFrom(...PARTS), { minLength: 1, maxLength: 5 });
const sizes = infiniteStream(integer({ min: 1, max: 7 }));

function cut(text: string, size: () => number): string[] {
  const list: string[] = [];
  for (let at = 0; at < text.length; at += list.at(-1)?.length ?? 0) list.push(text.slice(at, at + size()));
  return list;
}

describe('in any pieces', () => {
  test('the same is told as of the whole text, also where characters are cut in two', () => {
    assert(
      property(parts, sizes, (some, lengths) => {
        const text = some.join(' ');
        const wanted = screenPlainAnswer(text, { policy, placeholders }).text;
        const list = pieces(cut(text, () => lengths.next().value ?? 1));
        expect(told(list)).toBe(wanted);
        expect(list.every(({ isDone }) => isDone)).toBe(true);
        expect(told(pieces(Array.from({ length: text.length }, (_, i) => text.charAt(i))))).toBe(wanted);
      }),
      { numRuns: 300 },
    );
  });

  test('arguments of a call stay JSON, with the values escaped as they need', () => {
    const args = { to: '<EMAIL_1>', who: '<PERSON_1>', deep: JSON.stringify({ who: ['<PERSON_1>'] }), n: 4 };
    const text = JSON.stringify(args);
    assert(
      property(sizes, (lengths) => {
        const got: unknown = JSON.parse(
          told(
            pieces(
              cut(text, () => lengths.next().value ?? 1),
              true,
            ),
          ),
        );
        expect(got).toEqual({
          to: 'jane.roe@example.com',
          who: 'Jane "J" Roe',
          deep: JSON.stringify({ who: ['Jane "J" Roe'] }),
          n: 4,
        });
      }),
    );
  });
});

test('pieces in which nothing is found are told as they came', () => {
  const list = pieces(['if (a <', ' b) ', 'return <', 'EMAIL', '_7> ', 'x']);
  expect(list.map((piece) => piece.told)).toEqual(list.map(() => undefined));
});

test('two people are never one, and a value that was put back is no finding', () => {
  const list = pieces(Array.from('<PERSON_1>, <PERSON_2>: <EMAIL_1>'));
  expect(told(list)).toBe('Jane "J" Roe, Bob Roe: jane.roe@example.com');
  expect(list.some(({ isCut }) => isCut)).toBe(false);
});

test('what blocks is told of before it is done', () => {
  const channel = new AnswerChannel({
    policy: { ...policy, pii: 'block' },
    onFinding({ outcome }) {
      if (outcome === 'blocked') throw new Refusal('guardrail.answer');
    },
  });
  const piece = channel.push('Ask eve@example.net');
  expect(() => channel.push(' now and')).toThrow(Refusal);
  expect(piece.isDone).toBe(false);
});
