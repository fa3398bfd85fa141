/** Any history of calls, made up by fast-check, is answered by an engine as the model says. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Scope } from '../../src/ports/ledger.ts';
import type { Subject } from './ledger.ts';
import { LedgerModel } from './ledger-model.ts';

/** An engine may count 1 % longer than a window is long (I19: at least 99 % is granted). */
const GRACE = 1 / 100;

const limit = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined });

const limits: fc.Arbitrary<Omit<Scope, 'kind' | 'id'>> = fc.record({
  requestsPerMinute: limit(12),
  requestsPerHour: limit(40),
  requestsPerDay: limit(80),
  tokensPerMinute: limit(3000),
  concurrency: limit(8),
  dailyBudgetNano: limit(20_000),
});

const admission = fc.record({
  kind: fc.constant('admit' as const),
  scopes: fc.constantFrom([0], [1], [0, 1]),
  tokens: fc.integer({ min: 0, max: 800 }),
  nano: fc.integer({ min: 0, max: 3000 }),
});
const settlement = fc.record({
  kind: fc.constant('settle' as const),
  which: fc.nat(30),
  tokens: fc.integer({ min: 0, max: 900 }),
  nano: fc.integer({ min: 0, max: 3500 }),
  release: fc.boolean(),
});
const waiting = fc.record({
  kind: fc.constant('wait' as const),
  ms: fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 30_000_000 })),
});
type Made<T> = T extends fc.Arbitrary<infer V> ? V : never;
type Step = Made<typeof admission> | Made<typeof settlement> | Made<typeof waiting>;

async function follow(
  subject: Subject,
  scopes: readonly Scope[],
  steps: readonly Step[],
  start: number,
): Promise<void> {
  const { ledger, lengths } = subject;
  const model = new LedgerModel(lengths, GRACE);
  const ids: string[] = [];
  let now = start;
  for (const step of steps) {
    if (step.kind === 'wait') {
      now += step.ms;
      await subject.advance(step.ms);
    } else if (step.kind === 'admit') {
      const { tokens, nano } = step;
      const asked = step.scopes.flatMap((index) => scopes[index] ?? []);
      const request = { reservationId: randomUUID(), scopes: asked, tokens, nano };
      const expected = model.expected(request, now);
      const { admitted } = await ledger.admit(request);
      if (expected !== undefined) assert.equal(admitted ? 'admitted' : 'refused', expected);
      if (admitted) ids.push(request.reservationId);
      if (admitted) model.take(request, now);
    } else {
      const { tokens, nano, release } = step;
      const reservationId = ids[step.which] ?? 'nobody';
      const expected = model.settle(reservationId, tokens, nano, release);
      assert.equal(await ledger.settle({ reservationId, tokens, nano, release }), expected);
    }
    for (const { kind, id } of scopes) {
      const { settledNano: settled, reservedNano: reserved } = await ledger.usage(kind, id);
      assert.deepEqual({ settled, reserved }, model.money(`${kind}:${id}`, now));
    }
  }
}

/**
 * @param subject builds an engine for each history, or gives the same one for all
 * @param options `now`: the engine's time at first, if the histories may wait; histories that do not wait must end
 *   before a window does
 */
export function ledgerHistories(
  name: string,
  subject: () => Promise<Subject>,
  { numRuns, now }: { numRuns: number; now?: number },
): void {
  const step: fc.Arbitrary<Step> =
    now === undefined
      ? fc.oneof({ weight: 6, arbitrary: admission }, { weight: 4, arbitrary: settlement })
      : fc.oneof(
          { weight: 6, arbitrary: admission },
          { weight: 4, arbitrary: settlement },
          { weight: 3, arbitrary: waiting },
        );
  test(`${name}: I10, I12, I19: any history of calls is answered as the list of what was taken says`, async () => {
    const histories = fc.asyncProperty(
      limits,
      limits,
      fc.array(step, { minLength: 20, maxLength: 120 }),
      async (first, second, steps) => {
        const scopes: Scope[] = [
          { kind: 'team', id: randomUUID(), ...first },
          { kind: 'user', id: randomUUID(), ...second },
        ];
        await follow(await subject(), scopes, steps, now ?? 0);
      },
    );
    await expect(fc.assert(histories, { numRuns })).resolves.toBeUndefined();
  });
}
