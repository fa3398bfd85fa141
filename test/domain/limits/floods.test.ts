import { beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { countRefusal, createFloods, type Floods } from '../../../src/domain/limits/floods.ts';

let now = 0;
let floods: Floods;
beforeEach(() => {
  now = Date.UTC(2026, 10, 23, 12, 0, 30);
  floods = createFloods({ now: () => now });
});

/** `ok`, or the code and after how many seconds to come again. */
function check(credential = 'ann', refusalsPerMinute = 3): string {
  try {
    floods.check(credential, refusalsPerMinute);
    return 'ok';
  } catch (error) {
    return error instanceof Refusal ? `${error.code} ${error.options.retryAfterS}` : String(error);
  }
}

describe('who was refused until then', () => {
  test('waits until then, and is told how long; nobody else does', () => {
    expect(check()).toBe('ok');
    floods.refusedFor('ann', 'rate.tokens', 1500);
    expect(check()).toBe('rate.tokens 2');
    expect(check('bob')).toBe('ok');
    now += 1499;
    expect(check()).toBe('rate.tokens 1');
    now += 1;
    expect(check()).toBe('ok');
  });

  test('longer than a minute: the ledger is asked again then, and callers are told all of it', () => {
    // Control: with `until` in place of `admittedAt`, the second refusal of a day's limit said 60 s.
    floods.refusedFor('ann', 'rate.requests', 86_400_000);
    expect(check()).toBe('rate.requests 86400');
    now += 59_999;
    expect(check()).toBe('rate.requests 86341');
    now += 1;
    expect(check()).toBe('ok');
  });

  test('a little over a minute is told as one: above 60 s the SDKs give up', () => {
    floods.refusedFor('ann', 'rate.requests', 60_500);
    expect(check()).toBe('rate.requests 60');
  });

  test('by the newest word on it', () => {
    floods.refusedFor('ann', 'rate.tokens', 60_000);
    floods.refusedFor('ann', 'rate.requests', 1000);
    expect(check()).toBe('rate.requests 1');
  });
});

test('once limits may be others, whoever waits is asked about again; how often they were refused stays', () => {
  floods.refusedFor('ann', 'rate.tokens', 60_000);
  for (let i = 0; i < 4; i++) floods.countRefusal('bob');
  floods.askAgain();
  expect(check()).toBe('ok');
  expect(check('bob')).toBe('rate.refusals 30');
});

describe('who is refused too often', () => {
  test('waits out the minute; up to the bound nobody does', () => {
    for (let i = 0; i < 3; i++) floods.countRefusal('ann');
    expect(check()).toBe('ok');
    floods.countRefusal('ann');
    expect(check()).toBe('rate.refusals 30');
    expect(check('ann', 4)).toBe('ok');
    now += 29_999;
    expect(check()).toBe('rate.refusals 1');
    now += 1;
    expect(check()).toBe('ok');
  });

  test('I22: what is not their doing counts for nothing, so that service is back with what was away', () => {
    const ann = { user: 'ann', tier: 'pro', role: 'user', credential: 'ann' } as const;
    const away = ['ledger.unavailable', 'audit.unavailable', 'store.unavailable', 'guardrail.busy'] as const;
    for (const code of away) for (let i = 0; i < 4; i++) countRefusal(floods, ann, code);
    expect(check()).toBe('ok');
    for (let i = 0; i < 4; i++) countRefusal(floods, ann, 'guardrail.secrets');
    expect(check()).toBe('rate.refusals 30');
  });

  test('a new minute counts anew', () => {
    for (let i = 0; i < 4; i++) floods.countRefusal('ann');
    now += 30_000;
    floods.countRefusal('ann');
    expect(check()).toBe('ok');
  });
});

test('I21: memory is bounded: who was seen longest ago is forgotten first', () => {
  floods.refusedFor('ann', 'rate.requests', 60_000);
  for (let i = 0; i < 50_000; i++) floods.refusedFor(`key-${i}`, 'rate.requests', 60_000);
  expect(check()).toBe('ok');
  expect(check('key-0')).toBe('rate.requests 60');
});
