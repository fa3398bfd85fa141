/**
 * Calls by team, guardrail and category. Shown false by counting findings instead of calls, and by taking refusals that no
 * guardrail had to do with for calls it had looked at.
 */
import { expect, test } from 'vitest';
import { RefusalReport } from '../../../src/domain/rollout/refusal-report.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';

const entry = (action: string, metadata: object): Entry => ({
  timestamp: '2026-11-20T00:00:00.000Z',
  chain: 'a',
  sequence: 1,
  userId: 'ada',
  action,
  resource: 'chat.completions.create',
  status: 'failure',
  metadata: { ...metadata },
  previousHash: '',
  hash: '',
});

const ENTRIES = [
  entry('exchange.outcome', { team: 'red' }),
  entry('exchange.outcome', { team: 'red', wouldRefuse: { 'pii:EMAIL': 7, 'secrets:github_token': 1 } }),
  entry('exchange.outcome', { team: 'red', wouldRefuse: { 'pii:EMAIL': 1 } }),
  entry('exchange.refused', { team: 'red', code: 'guardrail.pii', refusedFor: { 'pii:EMAIL': 2 } }),
  entry('exchange.outcome', { team: 'red', code: 'guardrail.answer', refusedFor: { 'leak:prompt': 1 } }),
  entry('exchange.refused', { team: 'red', code: 'rate.requests', wouldRefuse: { 'pii:EMAIL': 1 } }),
  entry('exchange.refused', { team: 'red', code: 'guardrail.failed' }),
  entry('exchange.intent', { team: 'red', wouldRefuse: { 'pii:EMAIL': 1 } }),
  entry('exchange.outcome', { wouldRefuse: { 'injection:override': 1 } }),
];

function reported(team?: string): RefusalReport {
  const report = new RefusalReport(team);
  for (const each of ENTRIES) report.take(each);
  return report;
}

test('calls, once in each row, by team', () => {
  const red = { team: 'red', calls: 5 };
  expect(reported().rows()).toEqual([
    { team: undefined, guardrail: 'injection', category: 'override', calls: 1, wouldRefuse: 1, refused: 0 },
    { ...red, guardrail: 'pii', category: 'EMAIL', wouldRefuse: 2, refused: 1 },
    { ...red, guardrail: 'leak', category: 'prompt', wouldRefuse: 0, refused: 1 },
    { ...red, guardrail: 'secrets', category: 'github_token', wouldRefuse: 1, refused: 0 },
  ]);
  expect(reported().calls()).toEqual([{ team: 'red', calls: 5 }, { calls: 1 }]);
});

test('of one team its own alone', () => {
  expect(
    new Set(
      reported('red')
        .rows()
        .map(({ team }) => team),
    ),
  ).toEqual(new Set(['red']));
  expect(reported('redd').rows()).toEqual([]);
});
