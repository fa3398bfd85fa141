/**
 * domain/answers/joined-texts: what stands over the borders of texts that clients put together. Shown false by a `groupOf` that
 * finds none, by rows that end at each text, by `endsInOne` always and never, by words that are no echo, and by a `findOver` of
 * answer-channel.ts that leaves out what the second text says by itself.
 */
import { describe, expect, test } from 'vitest';
import { screenAnswer } from '../../../src/domain/answers/answer-screening.ts';
import { DONE, numbered } from '../../support/call-streams.ts';
import { RESPOND, run } from '../../support/call-runs.ts';
import { answersBy } from '../../support/exchange.ts';

const { policy } = answersBy({ answers: { pii: 'redact', secrets: 'redact', images: 'redact' } });
const rules = { policy, placeholders: [] };
const told = (answer: object): unknown =>
  JSON.parse(screenAnswer({ answer: JSON.stringify(answer), kind: 'json', rules }).text);

const MAIL = 'eve.adams@example.net';
const parts = (texts: readonly string[]) => texts.map((text) => ({ type: 'output_text', text }));
const message = (...texts: string[]) => ({ type: 'message', content: parts(texts) });
const LONG = 'word '.repeat(90);

/** What a client puts together. */
function joined(answer: unknown): string {
  const found: string[] = [];
  JSON.stringify(answer, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') found.push(value);
    return value;
  });
  return found.join('');
}

describe('a value over', () => {
  test('parts of a message, wherever it is cut, and however long they are', () => {
    // One letter less is an address of its own.
    for (let at = 1; at < MAIL.length - 1; at++) {
      const texts = [`${LONG}Ask ${MAIL.slice(0, at)}`, `${MAIL.slice(at)} now. ${LONG}`];
      expect(joined(told({ output: [message(...texts)] }))).not.toContain(
        at < 8 ? 'example' : MAIL.slice(at),
      );
    }
    expect(joined(told({ output: [message(...Array.from(`Ask ${MAIL} now.`))] }))).toBe(
      'Ask [REDACTED] now.',
    );
  });

  test('items, between which others stand', () => {
    const reasoning = { type: 'reasoning', summary: [{ text: 'Of bob@' }, { text: 'example.org' }] };
    const answer = { output: [message('Ask eve@'), reasoning, message('example.net!')] };
    expect(told(answer)).toEqual({
      output: [
        message('Ask [REDACTED]'),
        { ...reasoning, summary: [{ text: 'Of [REDACTED]' }, { text: '' }] },
        message('!'),
      ],
    });
  });

  test('segments and words of a transcript; numbers that stand for its tokens go as well', () => {
    const text = 'My card is 4111 1111 1111 1111 today';
    const words = text.split(' ').map((word, start) => ({ word, start }));
    const segments = [
      { text: ' My card is 4111 1111', tokens: [1, 2] },
      { text: ' 1111 1111 today', tokens: [3] },
    ];
    expect(told({ text, segments, words })).toEqual({
      text: 'My card is [REDACTED] today',
      segments: [
        { text: ' My card is [REDACTED]', tokens: [] },
        { text: ' today', tokens: [] },
      ],
      words: [],
    });
    expect(told({ text: 'Hello', words })).toEqual({ text: 'Hello', words: [] });
    const plain = {
      text: 'Hello you',
      words: [{ word: 'Hello' }, { word: 'you' }],
      segments: [{ tokens: [1] }],
    };
    expect(told(plain)).toEqual(plain);
  });

  test('subtitles', () => {
    const times = '00:00:01,000 --> 00:00:02,000';
    const answer = `1\n${times}\nMy card is 4111 1111\n\n2\r\n${times}\r\n1111 1111 today\n`;
    const { text } = screenAnswer({ answer, kind: 'plain', rules });
    expect(text).toBe(answer.replace('4111 1111', '[REDACTED]').replace('1111 1111', ''));
  });
});

test('what one text says by itself takes nothing of the next along; choices and rows are not put together', () => {
  expect(joined(told({ output: [message(`Ask ${MAIL}`, 'Also others.')] }))).toBe(
    'Ask [REDACTED]Also others.',
  );
  const apart = { choices: [{ message: { content: 'eve@' } }, { message: { content: 'example.net' } }] };
  expect(told(apart)).toEqual(apart);
  const rows = { data: [message('eve@'), message('example.net')] };
  expect(told(rows)).toEqual(rows);
});

const place = (content_index: number) => ({ item_id: 'm1', output_index: 0, content_index });
const segment = (text: string, start: number) =>
  `data: ${JSON.stringify({ type: 'transcript.text.segment', id: `s${start}`, start, text })}\n\n`;

/** Every event that says these parts. */
function events(texts: readonly string[]): string[] {
  const output = [{ id: 'm1', ...message(...texts) }];
  return numbered([
    ...texts.flatMap((text, i) => [
      { type: 'response.output_text.delta', ...place(i), delta: text },
      { type: 'response.output_text.done', ...place(i), text },
      { type: 'response.content_part.done', ...place(i), part: parts([text])[0] },
    ]),
    { type: 'response.output_item.done', output_index: 0, item: output[0] },
    { type: 'response.completed', response: { id: 'resp_1', output } },
  ]);
}

describe('in a stream', () => {
  test('of what has left the rest is cut, in every event that says it', async () => {
    for (let at = 1; at < MAIL.length; at += 3) {
      const said = [`Ask ${MAIL.slice(0, at)}`, `${MAIL.slice(at)} now.`];
      const { text, code } = await run(RESPOND, { chunks: events(said) }, { allow: ['*'] });
      expect([at, code]).toEqual([at, undefined]);
      expect(text).not.toContain(`"${MAIL.slice(at)}`);
      expect(text.match(/"\[REDACTED\] now\."/g)?.length).toBeGreaterThan(2);
    }
  });

  test('what one text ends with hides nothing that the next says by itself', async () => {
    const values = [
      '4111 1111 1111 1111',
      'AKIAIOSFODNN7EXAMPLQ',
      '212-555-0147',
      'DE89 3704 0044 0532 0130 00',
    ];
    for (const value of values) {
      for (const end of ['7', 'A', 'Total 7', 'x-']) {
        const deltas = Array.from(`${value} is it.`);
        const said = [`It is ${end}`, deltas.join('')];
        const [first = '', ...rest] = events(said);
        const pieces = deltas.map((delta) => ({ type: 'response.output_text.delta', ...place(1), delta }));
        const chunks = [first, ...numbered(pieces), ...rest.filter((event) => !event.includes('delta'))];
        const { text, code } = await run(RESPOND, { chunks }, { allow: ['*'] });
        const heard = [...text.matchAll(/"delta":"([^"]*)"/g)].map(([, delta]) => delta).join('');
        expect([end, heard.replace(/\[REDACTED(_SECRET)?\]/, '*'), code]).toEqual([
          end,
          `It is ${end}* is it.`,
          undefined,
        ]);
        expect(text).not.toContain(value);
      }
    }
  });

  test('segments of a transcript; and what holds nothing stays as it came', async () => {
    const chunks = [segment(' Of 4111 1111', 0), segment(' 1111 1111 and', 1), DONE];
    const { text } = await run(RESPOND, { chunks }, { allow: ['*'] });
    expect(text).toBe([chunks[0], segment('[REDACTED] and', 1), DONE].join(''));
    const benign = events([`Write to us. It takes 35`, ' minutes, or 2', ' hours: see <a>', 'b. [1] {x}']);
    expect((await run(RESPOND, { chunks: benign }, { allow: ['*'] })).text).toBe(benign.join(''));
  });
});
