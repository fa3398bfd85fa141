import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chainHasher,
  draftText,
  GENESIS_HASH,
  readSeal,
  sealHolds,
  sealLine,
} from '../../../src/engines/audit/audit-line.ts';

const draft = (metadata: Record<string, unknown>) =>
  ({ userId: 'ada', action: 'key.create', resource: 'k1', status: 'success', metadata }) as const;
const head = { chain: '01920000-0000-7000-8000-000000000000', sequence: 41, hash: GENESIS_HASH };

test('the keyed hash is HMAC-SHA-256 for any key and text', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 4 }),
      (key, texts) => {
        const hasher = chainHasher(Buffer.from(key));
        for (const text of [...texts, texts.join('').repeat(40)]) {
          const expected = createHmac('sha256', key).update(text).digest('hex');
          expect(hasher(text)).toBe(expected);
          expect(hasher(Buffer.from(text))).toBe(expected);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('a key longer than a block is refused, not cut', () => {
  expect(() => chainHasher(Buffer.alloc(65))).toThrow(RangeError);
  expect(() => chainHasher(Buffer.alloc(0))).toThrow(RangeError);
});

test('a line keeps the order of its fields, any metadata, and its own seal', () => {
  const hasher = chainHasher(Buffer.alloc(32, 1));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (metadata) => {
      const timestamp = '2026-11-23T10:00:00.000Z';
      const { line, head: next } = sealLine(draftText(draft(metadata), timestamp), head, hasher);
      const entry: unknown = JSON.parse(line);
      expect(Object.keys(Object(entry))).toEqual(
        'timestamp,userId,action,resource,status,metadata,chain,sequence,previousHash,hash'.split(','),
      );
      expect(entry).toMatchObject({
        ...draft({}),
        metadata: JSON.parse(JSON.stringify(metadata)),
        sequence: 42,
      });
      expect(line).not.toContain('\n');
      const seal = readSeal(Buffer.from(line));
      expect(seal).toEqual({ ...next, previousHash: head.hash });
      expect(seal && sealHolds(Buffer.from(line), seal, hasher)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('metadata that is too large or no JSON is named as such and keeps its exchange', () => {
  const cyclic: Record<string, unknown> = { exchange: 'e1' };
  cyclic['self'] = cyclic;
  expect(draftText(draft(cyclic), 't')).toContain('{"exchange":"e1","omitted":"not JSON"}');
  expect(draftText(draft({ n: 1n }), 't')).toContain('{"omitted":"not JSON"}');
  const large = draftText(draft({ exchange: 'e2', text: 'x'.repeat(100_000) }), 't');
  expect(large).toContain('{"exchange":"e2","omitted":"too large"');
  expect(large.length).toBeLessThan(300);
});
