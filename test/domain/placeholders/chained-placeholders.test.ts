/**
 * What is kept of placeholders opens for its user and its object alone, and ages. Shown false by an `openEntries` that
 * names no user, and by one that does not look at `at`.
 */
import { describe, expect, test } from 'vitest';
import {
  canBeContinued,
  continuedBy,
  joinChains,
  numbersFrom,
  numbersText,
  openEntries,
  sealChain,
} from '../../../src/domain/placeholders/chained-placeholders.ts';
import { endpointOf } from '../../../src/openai/endpoints/index.ts';
import { SEAL } from '../../support/exchange.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const kept = { now: NOW, days: 7 };
const own = { id: 'resp_1', user: 'ada' };
const old = { placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com', at: NOW - 6 * DAY };
const fresh = { placeholder: '<NATIONAL_ID_2>', type: 'NATIONAL_ID', value: '85 07 30' };
const chain = { numbers: { NATIONAL_ID: 2, EMAIL: 1 }, entries: [old, fresh] };

describe('a chain that is kept', () => {
  const row = sealChain(SEAL, chain, own, kept);

  test('comes back as it was, with the time each value was given', () => {
    expect(row.placeholders).toBe('{"EMAIL":1,"NATIONAL_ID":2}');
    expect(numbersFrom(row.placeholders)).toEqual(chain.numbers);
    expect(row.since).toBe(old.at);
    expect(openEntries(SEAL, row.sealed, own, 0)).toEqual([old, { ...fresh, at: NOW }]);
    expect(JSON.stringify(row)).not.toMatch(/ann|85 07/);
  });

  test.each([
    ['another user', { ...own, user: 'bob' }],
    ['another object', { ...own, id: 'resp_2' }],
  ])('opens for nobody else: %s', (_, other) => {
    expect(openEntries(SEAL, row.sealed, other, 0)).toEqual([]);
    expect(openEntries(SEAL, 'AAAA', own, 0)).toEqual([]);
    expect(openEntries(SEAL, undefined, own, 0)).toEqual([]);
  });

  test('ages value by value; which placeholders there were stays', () => {
    expect(openEntries(SEAL, row.sealed, own, NOW - DAY)).toEqual([{ ...fresh, at: NOW }]);
    const later = sealChain(SEAL, { ...chain, entries: [old, { ...fresh, at: NOW }] }, own, {
      ...kept,
      now: NOW + 2 * DAY,
    });
    expect(openEntries(SEAL, later.sealed, own, 0)).toEqual([{ ...fresh, at: NOW }]);
    expect(later.since).toBe(NOW);
    expect(sealChain(SEAL, chain, own, { ...kept, days: 0 })).toEqual({ placeholders: row.placeholders });
  });
});

test('the same numbers are the same text, whatever their order', () => {
  expect(numbersText({ B: 1, A: 2 })).toBe(numbersText({ A: 2, B: 1 }));
});

test('of two chains, a placeholder that stands for two values stands for none', () => {
  const other = { ...old, value: 'bob@example.com' };
  expect(
    joinChains([chain, { numbers: { EMAIL: 4 }, entries: [other] }, { numbers: {}, entries: [fresh] }]),
  ).toEqual({ numbers: { EMAIL: 4, NATIONAL_ID: 2 }, entries: [fresh] });
});

test.each([
  ['responses.create', true],
  ['responses.retrieve', true],
  ['responses.input_items.list', true],
  ['conversations.items.create', true],
  ['chat.completions.retrieve', true],
  ['embeddings.create', false],
  ['files.create', true],
  ['uploads.complete', true],
  ['vector_stores.create', false],
])('%s can be gone on from: %s', (id, expected) => {
  const endpoint = endpointOf(id);
  expect(endpoint && canBeContinued(endpoint)).toBe(expected);
});

const reference = (kind: string, id: string, pointer: string) => ({ kind, id, pointer });

test('objects that a call goes on from are told once each', () => {
  const response = reference('response', 'resp_1', '/previous_response_id');
  expect(
    continuedBy([reference('batch', 'batch_1', '/a'), response, { ...response, pointer: '/b' }]),
  ).toHaveLength(1);
  expect(continuedBy([reference('batch', 'batch_1', '/a')])).toEqual([]);
});
