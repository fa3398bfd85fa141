/** Metrics as Prometheus reads them: what a duration adds to, and that a histogram ends in +Inf, sum and count. */
import { expect, test } from 'vitest';
import { createTelemetry } from '../../src/server/telemetry.ts';

const telemetry = createTelemetry(() => ({
  checks: { auditLog: true },
  auditWaiting: 0,
  openExchanges: 0,
  exports: {},
}));

test('durations fall into their buckets, which add up', async () => {
  for (const seconds of [0.0001, 0.0002, 0.003, 100]) telemetry.observeStage('admit', seconds);
  const { body } = await telemetry.render();
  const lines = body.split('\n').filter((line) => line.includes('sallyport_admission_seconds'));
  expect(lines.slice(0, 3)).toEqual([
    '# HELP sallyport_admission_seconds Taking limits and money.',
    '# TYPE sallyport_admission_seconds histogram',
    'sallyport_admission_seconds_bucket{le="0.0002"} 2',
  ]);
  expect(lines).toContain('sallyport_admission_seconds_bucket{le="0.002"} 2');
  expect(lines).toContain('sallyport_admission_seconds_bucket{le="0.005"} 3');
  expect(lines).toContain('sallyport_admission_seconds_bucket{le="60"} 3');
  expect(lines.slice(-3)).toEqual([
    'sallyport_admission_seconds_bucket{le="+Inf"} 4',
    'sallyport_admission_seconds_sum 100.0033',
    'sallyport_admission_seconds_count 4',
  ]);
});

test('what is counted between two readings adds up, with its labels', async () => {
  for (let reading = 1; reading <= 2; reading++) {
    telemetry.failedAttempt();
    telemetry.failedAttempt();
    const { body } = await telemetry.render();
    expect(body).toContain(`\nsallyport_failed_attempts_total ${2 * reading}\n`);
  }
});
