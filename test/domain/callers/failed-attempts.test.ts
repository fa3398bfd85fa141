import { expect, test } from 'vitest';
import { createFailedAttempts, type FailedAttempts } from '../../../src/domain/callers/failed-attempts.ts';

const start = 60_000 * 1000;

function attemptsAt(options: object = {}): { attempts: FailedAttempts; clock: { ms: number } } {
  const clock = { ms: start };
  return { attempts: createFailedAttempts({ clock: { now: () => clock.ms }, ...options }), clock };
}

const over = (attempts: FailedAttempts, source: string): boolean => {
  try {
    attempts.check(source);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate.source', status: 429 });
    return true;
  }
};

test('twenty of a source and minute are told singly, the rest is one counted entry', () => {
  const { attempts, clock } = attemptsAt();
  const told = Array.from({ length: 50 }, () => attempts.count('192.0.2.1'));
  expect(told.filter(Boolean)).toHaveLength(20);
  expect(attempts.count('192.0.2.2')).toBe(true);
  expect(attempts.flush()).toEqual([]);
  clock.ms += 60_000;
  expect(attempts.flush()).toEqual([
    {
      userId: 'anonymous',
      action: 'access.refused',
      resource: 'none',
      status: 'failure',
      metadata: { source: '192.0.2.1', attempts: 30 },
    },
  ]);
  expect(attempts.flush()).toEqual([]);
  expect(attempts.count('192.0.2.1')).toBe(true);
});

test('at the end of a process the minute that is not over is told too, once', () => {
  const { attempts, clock } = attemptsAt();
  for (let count = 0; count < 23; count++) attempts.count('192.0.2.1');
  expect(attempts.flush()).toEqual([]);
  expect(attempts.flush('all')).toMatchObject([{ metadata: { source: '192.0.2.1', attempts: 3 } }]);
  clock.ms += 60_000;
  expect(attempts.flush('all')).toEqual([]);
});

test('a hundred in a minute are enough, until the minute ends; other sources notice nothing', () => {
  const { attempts, clock } = attemptsAt();
  for (let count = 0; count < 99; count++) attempts.count('192.0.2.1');
  expect(over(attempts, '192.0.2.1')).toBe(false);
  attempts.count('192.0.2.1');
  expect(over(attempts, '192.0.2.1')).toBe(true);
  expect(over(attempts, '192.0.2.2')).toBe(false);
  clock.ms += 60_000;
  expect(over(attempts, '192.0.2.1')).toBe(false);
});

test('loopback is counted and never limited', () => {
  const { attempts } = attemptsAt({ attemptsMax: 1 });
  for (const source of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.9.1']) {
    attempts.count(source);
    expect(over(attempts, source)).toBe(false);
  }
});

test('an IPv6 network of /64 is one source, however its addresses are written', () => {
  const { attempts } = attemptsAt({ attemptsMax: 4 });
  for (const source of [
    '2001:db8:0:1::1',
    '2001:DB8::1:ffff:0:0:1',
    '2001:0db8:0000:0001:1:2:3:4',
    '2001:db8:0:1::',
  ]) {
    attempts.count(source);
  }
  expect(over(attempts, '2001:db8:0:1:9::9')).toBe(true);
  expect(over(attempts, '2001:db8:0:2::1')).toBe(false);
  attempts.count('::ffff:192.0.2.1');
  attempts.count('192.0.2.1');
  attempts.count('192.0.2.1');
  attempts.count('192.0.2.1');
  expect(over(attempts, '::ffff:192.0.2.1')).toBe(true);
});

test('a million sources take no more room than ten thousand, and none is lost from the count', () => {
  const { attempts, clock } = attemptsAt();
  for (let index = 0; index < 100_000; index++)
    attempts.count(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  expect(attempts.count('10.255.255.255')).toBe(false);
  clock.ms += 60_000;
  const entries = attempts.flush();
  expect(entries).toHaveLength(1);
  expect(entries[0]?.metadata).toEqual({ source: 'others', attempts: 90_001 });
});
