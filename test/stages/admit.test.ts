/** stages/admit, stages/record-intent: all limits and the money at once, and the call on disk, before it leaves. */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import type { Tier } from '../../src/domain/limits/tiers.ts';
import { admit, type AdmitDeps } from '../../src/stages/admit.ts';
import { repriced } from '../../src/stages/parse.ts';
import { recordIntent } from '../../src/stages/record-intent.ts';
import { allEntries, auditDir, auditLog } from '../support/audit.ts';
import {
  ADA,
  BOB,
  chatBody,
  codeOf,
  prepared,
  RESPONSES,
  type Rules,
  rules,
  withKey,
} from '../support/exchange.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

interface House extends Rules {
  readonly deps: AdmitDeps;
  readonly forgotten: string[];
}

function house(tier: Tier): House {
  const made = rules({ scopes: { tiers: { pro: tier } }, clock: { now: () => NOON } });
  const forgotten: string[] = [];
  const deps = { ...made, reprice: repriced(made.parse), forgetKey: (id: string) => void forgotten.push(id) };
  return { ...made, deps, forgotten };
}

/** The refusal, or none. */
async function asked({ deps }: House, exchange: Exchange): Promise<Refusal | undefined> {
  try {
    await admit(deps)(exchange);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const call = ({ parse }: House, fields: object = {}, caller = ADA) =>
  prepared({ body: chatBody(fields) }, caller, parse);

describe('admit', () => {
  test('takes what was quoted, of every scope, once', async () => {
    const gate = house({ requestsPerMinute: 2, tokensPerMinute: 10_000, maxTokensPerRequest: 4000 });
    const exchange = await call(gate);
    expect(await asked(gate, exchange)).toBeUndefined();
    const { tokens = 0, nano = 0 } = exchange.prepared.quote ?? {};
    expect(exchange.admitted).toMatchObject({
      day: '2026-11-23',
      requests: { limit: 2, remaining: 1 },
      tokens: { limit: 10_000, remaining: 10_000 - tokens },
    });
    expect(await asked(gate, exchange)).toBeUndefined();
    for (const [kind, id] of [['house', 'house'] as const, ['user', 'ada'] as const])
      expect(await gate.ledger.usage(kind, id)).toMatchObject({ requests: 1, reservedNano: nano });
  });

  test('a full window: refused with its headers, and not asked again before it is over', async () => {
    const gate = house({ requestsPerMinute: 1, maxTokensPerRequest: 4000 });
    expect(await asked(gate, await call(gate))).toBeUndefined();
    const exchange = await call(gate);
    const refusal = await asked(gate, exchange);
    expect(refusal?.code).toBe('rate.requests');
    expect(refusal?.options.retryAfterS).toBe(60);
    expect(refusal?.options.headers).toMatchObject({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
    });
    expect(exchange.admissionTried).toBe(false);
    expect(() => gate.floods.check(ADA.credential, 600)).toThrow('rate.requests');
    expect(await asked(gate, await call(gate, {}, BOB))).toBeUndefined();
  });

  test('concurrency, and money that others hold, are waited for without being shut out', async () => {
    const open = house({ concurrency: 1, maxTokensPerRequest: 4000 });
    await asked(open, await call(open));
    expect((await asked(open, await call(open)))?.code).toBe('rate.concurrency');
    const poor = house({ dailyBudgetUsd: 0.001 });
    await asked(poor, await call(poor, { max_tokens: 1500 }));
    expect((await asked(poor, await call(poor, { max_tokens: 1500 })))?.code).toBe('rate.held');
    for (const gate of [open, poor]) expect(() => gate.floods.check(ADA.credential, 600)).not.toThrow();
  });

  test('a spent budget: refused until tomorrow, and no SDK tries again', async () => {
    const gate = house({ dailyBudgetUsd: 0.000_1 });
    const refusal = await asked(gate, await call(gate, { max_tokens: 1000 }));
    expect(refusal).toMatchObject({ code: 'budget.exceeded', row: { final: true } });
    expect(refusal?.options.retryAfterS).toBe(12 * 3600);
  });

  test("a cap of ours is lowered to what is left; the caller's own is not", async () => {
    const gate = house({ dailyBudgetUsd: 0.001, maxTokensPerRequest: 4000 });
    const exchange = await call(gate);
    const before = exchange.prepared.quote?.outputCap ?? 0;
    expect(await asked(gate, exchange)).toBeUndefined();
    const { outputCap = 0, nano = 0 } = exchange.prepared.quote ?? {};
    expect(outputCap).toBeLessThan(before);
    expect(outputCap).toBeGreaterThanOrEqual(256);
    expect(nano).toBeLessThanOrEqual(1_000_000);
    expect(nano + 600).toBeGreaterThan(1_000_000);
    const sent = Buffer.from(exchange.prepared.bytes ?? []).toString();
    expect(JSON.parse(sent)).toMatchObject({ max_completion_tokens: outputCap });
    expect(await gate.ledger.usage('user', 'ada')).toMatchObject({ requests: 1, reservedNano: nano });
    const named = house({ dailyBudgetUsd: 0.001, maxTokensPerRequest: 4000 });
    expect((await asked(named, await call(named, { max_tokens: before })))?.code).toBe('budget.exceeded');
  });

  test('what cannot buy a useful answer is refused, and takes nothing', async () => {
    const gate = house({ dailyBudgetUsd: 0.000_1, maxTokensPerRequest: 4000, requestsPerMinute: 9 });
    const refusal = await asked(gate, await call(gate));
    expect(refusal?.code).toBe('budget.exceeded');
    expect(refusal?.options.headers).toHaveProperty('x-ratelimit-remaining-requests', '9');
    expect(refusal?.options.retryAfterS).toBe(12 * 3600);
    expect(await gate.ledger.usage('user', 'ada')).toMatchObject({ requests: 0, reservedNano: 0 });
    const responses = await prepared(
      { target: RESPONSES, body: { model: 'gpt-4o-mini', input: 'x' } },
      ADA,
      gate.parse,
    );
    expect((await asked(gate, responses))?.code).toBe('budget.exceeded');
  });

  test('I25: an older version of the key looks like a wrong one, and its copy is dropped', async () => {
    const gate = house({});
    await gate.ledger.setKeyVersion(ADA.credential, 2);
    const stale = await call(gate, {}, withKey({ version: 1 }));
    expect((await asked(gate, stale))?.code).toBe('auth.invalid');
    expect(gate.forgotten).toEqual([ADA.credential]);
    expect(await asked(gate, await call(gate, {}, withKey({ version: 2 })))).toBeUndefined();
    expect(gate.forgotten).toHaveLength(1);
  });
});

describe('record-intent', () => {
  test('I1: on disk when the guard is done, with what a restart needs to charge it', async () => {
    const dir = await auditDir();
    const gate = house({ maxTokensPerRequest: 4000 });
    const exchange = await call(gate, {}, { ...ADA, team: 'red' });
    await recordIntent(await auditLog(dir), gate.ledger, gate.limiting)(exchange);
    const entries = (await allEntries(dir)).filter(({ action }) => action === 'exchange.intent');
    const { tokens, nano, outputCap } = exchange.prepared.quote ?? {};
    expect(entries).toMatchObject([
      {
        userId: 'ada',
        resource: 'chat.completions.create',
        status: 'pending',
        metadata: {
          exchange: exchange.id,
          day: '2026-11-23',
          scopes: ['house:house', 'team:red', 'user:ada'],
          reservedTokens: tokens,
          reservedNano: nano,
          outputCap,
          model: 'gpt-4o-mini',
        },
      },
    ]);
  });

  test('I2: a log that does not take it refuses', async () => {
    const gate = house({ maxTokensPerRequest: 4000 });
    const log = await auditLog(await auditDir());
    await log.close();
    const exchange = await call(gate);
    expect(await codeOf(() => recordIntent(log, gate.ledger, gate.limiting)(exchange))).toBe(
      'audit.unavailable',
    );
  });
});
