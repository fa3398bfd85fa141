import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type Frame, FrameSplitter } from '../../src/openai/frames.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`frames.test.ts: SEED=${seed}`);

const STREAM = [
  ': a comment, and a ☀️\n\n',
  'data: {"a":1}\n\n',
  'event: x\r\nid: 7\r\ndata: one\r\ndata:two\r\n\r\n',
  'data:\n\n',
  '\ndata: after an empty line\n\n',
  'data: mixed\n\r\n',
  'data: [DONE]\n\n',
];
const DATA = [undefined, '{"a":1}', 'one\ntwo', '', 'after an empty line', 'mixed', '[DONE]'];

/** All frames of a stream given in these pieces, with what is left at its end. */
function frames(pieces: readonly Buffer[], bytesMax = 1000): Frame[] {
  const splitter = new FrameSplitter(bytesMax);
  const found = pieces.flatMap((piece) => splitter.push(piece));
  const rest = splitter.end();
  return rest ? [...found, rest] : found;
}

/** Line by line, as slowly as the standard writes it; what is left at the end counts, as it does for the splitter. */
function readByTheStandard(text: string): string[] {
  const told: string[] = [];
  let data: string[] = [];
  const tell = (): void => {
    if (data.length > 0) told.push(data.join('\n'));
    data = [];
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') tell();
    else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
  }
  tell();
  return told;
}

const raws = (found: readonly Frame[]) => found.map(({ raw }) => raw.toString());
const whole = Buffer.from(STREAM.join(''));

describe('events', () => {
  test('are cut where they end, and read as the standard says', () => {
    const found = frames([whole]);
    expect(raws(found)).toEqual(STREAM);
    expect(found.map(({ data }) => data)).toEqual(DATA);
  });

  test('are the same wherever the bytes are cut in two', () => {
    for (let at = 0; at <= whole.length; at++) {
      const found = frames([whole.subarray(0, at), whole.subarray(at)]);
      expect(raws(found), `cut at ${at}`).toEqual(STREAM);
      expect(found.map(({ data }) => data)).toEqual(DATA);
    }
  });

  test('end at any line end of the standard, wherever the bytes are cut', () => {
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const line = fc.tuple(fc.constantFrom('data: x', 'data:', 'event: y', ': z', '', ''), end);
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
    const property = fc.property(fc.array(line, { maxLength: 30 }), cuts, (lines, lengths) => {
      const stream = Buffer.from(lines.flat().join(''));
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += pieces.at(-1)?.length ?? 0)
        pieces.push(stream.subarray(at, at + (lengths[pieces.length % lengths.length] ?? 1)));
      const found = frames(pieces);
      expect(Buffer.concat(found.map(({ raw }) => raw))).toEqual(stream);
      const told = found.map(({ data }) => data).filter((data) => data !== undefined);
      expect(told).toEqual(readByTheStandard(stream.toString()));
    });
    fc.assert(property, { seed, numRuns: 2000 });
  });

  test('are the same however the bytes are cut, and stay what they were', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 });
    const property = fc.property(sizes, (lengths) => {
      const pieces: Buffer[] = [];
      for (let at = 0, i = 0; at < whole.length; i++) {
        const length = lengths[i % lengths.length] || 1;
        pieces.push(Buffer.from(whole.subarray(at, at + length)));
        at += length;
      }
      // Only now, when all of them were given away, are they read.
      expect(raws(frames(pieces))).toEqual(STREAM);
    });
    fc.assert(property, { seed, numRuns: 500 });
  });

  test('leave as soon as their last byte is there', () => {
    const splitter = new FrameSplitter(1000);
    const given = [...Buffer.from('data: a\n\ndata: b\r\n\r\ndata: c\r\r')].map(
      (byte) => splitter.push(Buffer.from([byte])).length,
    );
    expect(given.map((count, at) => (count > 0 ? at : -1)).filter((at) => at >= 0)).toEqual([8, 19, 28]);
  });

  test('without their empty line are what is left at the end; nothing is left after nothing', () => {
    expect(frames([Buffer.from('data: a\n\ndata: b')]).map(({ data }) => data)).toEqual(['a', 'b']);
    expect(frames([Buffer.from('data: b\n')]).map(({ data }) => data)).toEqual(['b']);
    expect(frames([])).toEqual([]);
    expect(frames([Buffer.alloc(0), Buffer.from('data: a\n\n'), Buffer.alloc(0)])).toHaveLength(1);
  });

  test('hold what looks like a field only where a line begins with it', () => {
    const [frame] = frames([Buffer.from('database: x\n data: y\nidata: z\ndata:  two blanks\n\n')]);
    expect(frame?.data).toBe(' two blanks');
  });
});

describe('the bound', () => {
  test('is of one unfinished event, not of the stream', () => {
    const splitter = new FrameSplitter(100);
    for (let i = 0; i < 50; i++) splitter.push(Buffer.from(`data: ${'x'.repeat(90)}\n\n`));
    splitter.push(Buffer.alloc(100, 'x'));
    expect(() => splitter.push(Buffer.from('x'))).toThrow(RangeError);
  });

  test('I44: an event of 16 MiB in pieces of 1 KiB is copied a few times, not once a piece', () => {
    const splitter = new FrameSplitter(32 * 1024 * 1024);
    const piece = Buffer.alloc(1024, 'x');
    const copy = vi.spyOn(Buffer.prototype, 'copy');
    for (let i = 0; i < 16 * 1024; i++) splitter.push(piece);
    const large = copy.mock.contexts.filter((from) => Buffer.isBuffer(from) && from.length > piece.length);
    copy.mockRestore();
    expect(large.length).toBeLessThan(20);
    expect(splitter.push(Buffer.from('\n\n'))).toHaveLength(1);
  });
});
