import { describe, expect, test } from 'vitest';
import { errorBody, errorHeaders } from '../../../src/base/errors.ts';
import { maskAccount, upstreamRefusal } from '../../../src/domain/upstreams/upstream-errors.ts';

const said = (status: number, error: unknown, headers = {}) =>
  upstreamRefusal(status, headers, Buffer.from(JSON.stringify({ error })));

describe('the status of upstream', () => {
  test.each([
    [400, 'upstream.refused', 400],
    [404, 'upstream.refused', 404],
    [405, 'upstream.refused', 405],
    [413, 'upstream.refused', 413],
    [415, 'upstream.refused', 415],
    [422, 'upstream.refused', 422],
    [409, 'upstream.refused', 409],
    // The SDKs retry it.
    [408, 'upstream.timeout', 504],
    [504, 'upstream.timeout', 504],
    [401, 'upstream.credential', 502],
    [403, 'upstream.credential', 502],
    [429, 'upstream.limited', 429],
    [500, 'upstream.failed', 502],
    [503, 'upstream.failed', 502],
    [302, 'upstream.failed', 502],
    [418, 'upstream.failed', 502],
  ])('%i is %s, told as %i', (status, code, told) => {
    const refusal = said(status, { message: 'm', code: 'c' });
    expect(refusal.code).toBe(code);
    expect(refusal.status).toBe(told);
  });

  test("a refusal of the request keeps upstream's words, code and field; no SDK tries again", () => {
    const refusal = said(400, { message: 'Too long.', code: 'context_length_exceeded', param: 'messages' });
    expect(errorBody(refusal).error).toMatchObject({
      message: 'Too long.',
      code: 'context_length_exceeded',
      param: 'messages',
    });
    expect(errorHeaders(refusal)['x-should-retry']).toBe('false');
  });

  test('what is about the account says nothing of it', () => {
    for (const status of [401, 403, 500]) {
      const text = JSON.stringify(errorBody(said(status, { message: 'sk-proj-x', code: 'invalid_api_key' })));
      expect(text).not.toMatch(/sk-proj|invalid_api_key/);
    }
  });

  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"error":null}',
    '{"error":{"message":7,"code":{},"param":["x"]}}',
    '<html>',
  ])('a body that is no error: %j', (body) => {
    const { error } = errorBody(upstreamRefusal(400, {}, Buffer.from(body)));
    expect(error).toMatchObject({
      message: 'The upstream API refused the request.',
      param: null,
      code: null,
    });
  });

  test('codes and fields that are none are left out', () => {
    const refusal = said(400, { message: 'm', code: 'a b', param: 'x'.repeat(129) });
    expect(errorBody(refusal).error).toMatchObject({ code: null, param: null });
  });
});

describe("upstream's limits", () => {
  test.each([
    [{ 'retry-after': '7' }, '7'],
    [{ 'retry-after': '0.2' }, '1'],
    [{}, '1'],
    [{ 'retry-after': 'soon' }, '1'],
    [{ 'retry-after': '-5' }, '1'],
    [{ 'retry-after': '999999' }, '3600'],
  ])('%j: again after %s s', (headers, after) => {
    expect(errorHeaders(said(429, {}, headers))['retry-after']).toBe(after);
  });

  test("an account without money is the gateway's to mend, not the caller's", () => {
    const refusal = said(429, { code: 'insufficient_quota' });
    expect(refusal).toMatchObject({ code: 'upstream.quota', status: 502 });
    expect(errorHeaders(refusal)['x-should-retry']).toBe('false');
  });
});

describe('names of the account', () => {
  test.each([
    ['in organization org-AbCdEf123456 on requests', 'in organization [hidden] on requests'],
    ['Project `proj_AbCdEf123456` is', 'Project `[hidden]` is'],
    [`key: sk-proj-${'a1-'.repeat(200)}.`, 'key: [hidden]'],
    ['Incorrect API key provided: sk-abc***wxyz', 'Incorrect API key provided: [hidden]'],
    ['for user-AbCdEf123456789', 'for [hidden]'],
    [`org-${'a1'.repeat(100)} x`, '[hidden] x'],
  ])('%j', (text, masked) => {
    expect(maskAccount(text)).toBe(masked);
  });

  test.each([
    "Unknown parameter: 'user_location'.",
    'a user-provided value',
    'an org-wide rule',
    'task-based',
  ])('benign: %j', (text) => {
    expect(maskAccount(text)).toBe(text);
  });
});

test('personal data and secrets in what upstream says are not passed on', () => {
  const refusal = said(400, { message: 'ann@example.com may not use AKIAIOSFODNN7EXAMPLQ' });
  expect(errorBody(refusal).error.message).not.toContain('ann@example.com');
  expect(errorBody(said(400, { message: 'No such model.' })).error.message).toBe('No such model.');
});
