/** I8: what the audit log keeps of a call is names, counts and codes; never what was written in it. */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import type { Exchange } from '../../../src/domain/exchange.ts';
import {
  intentEntry,
  outcomeEntry,
  overReservationEntry,
  refusalEntry,
} from '../../../src/domain/records/records.ts';
import { ADA, arriving, chatBody, prepared, routed, rules, usage } from '../../support/exchange.ts';

const CARD = '4111 1111 1111 1111';
const MAIL = 'ann@example.com';
const WRITTEN = `Ann wrote from ${MAIL} that ${CARD} was hers`;

const { limiting } = rules();

function allOf(exchange: Exchange): string {
  const scopes = limiting.scopes(exchange.caller);
  const made = [outcomeEntry(exchange), overReservationEntry(exchange), refusalEntry(exchange)];
  return JSON.stringify([...made, intentEntry(exchange, '2026-11-23', scopes)]);
}

/** A refused call, as far as it came. */
async function screened(fields: object): Promise<Exchange> {
  const exchange = await prepared({ body: chatBody(fields) }, ADA);
  exchange.refusal = new Refusal('guardrail.secrets', { detail: WRITTEN });
  return exchange;
}

describe('nothing of a call is kept', () => {
  test('not its text, its metadata, its user, its tools; findings only by kind and count', async () => {
    const exchange = await prepared({
      body: chatBody(
        {
          user: MAIL,
          metadata: { who: MAIL },
          tools: [{ type: 'function', function: { name: 'call_ann_now', description: WRITTEN } }],
        },
        WRITTEN,
      ),
      headers: { 'idempotency-key': 'ann-once' },
    });
    exchange.refusal = new Refusal('guardrail.pii', { detail: WRITTEN, message: WRITTEN, param: MAIL });
    const text = allOf(exchange);
    expect(text).not.toMatch(/ann|4111|hers|call_ann/i);
    const { findings } = refusalEntry(exchange).metadata;
    expect(findings).toMatchObject({
      'pii:CREDIT_CARD': expect.any(Number),
      'pii:EMAIL': expect.any(Number),
    });
  });

  test.each([
    ['a key', ['sk', 'proj', 'T3BlbkFJ'.repeat(6)].join('-')],
    ['a card', '4111-1111-1111-1111'],
    ['an address', MAIL],
    ['a sentence', 'tell me a story'],
    ['a line', 'gpt-4o\n{"forged":true}'],
    ['a very long name', 'm'.repeat(129)],
  ])('not what was written where a model belongs: %s', async (_name, model) => {
    const exchange = await screened({ model });
    const kept = [refusalEntry(exchange), intentEntry(exchange, '2026-11-23', [])];
    expect(kept.map(({ metadata }) => metadata['model'])).toEqual([undefined, undefined]);
    expect(JSON.stringify(kept)).not.toContain(JSON.stringify(model).slice(1, -1));
  });

  test.each(['gpt-4o-mini', 'gpt-4o-mini-2024-07-18', 'ft:gpt-4o-mini:org:name:id', 'unheard-of/model:1'])(
    'benign: %s is named',
    async (model) => {
      expect(refusalEntry(await screened({ model })).metadata['model']).toBe(model);
    },
  );

  test('a known model is named whatever else was found', async () => {
    const exchange = await prepared({ body: chatBody({}, WRITTEN) });
    expect(refusalEntry(exchange).metadata['model']).toBe('gpt-4o-mini');
  });
});

describe('what is kept', () => {
  test('of an intent: what a restart needs to charge it', async () => {
    const exchange = await prepared({ body: chatBody({ stream: true }) }, { ...ADA, team: 'red' });
    const { quote, bytes } = exchange.prepared;
    expect(intentEntry(exchange, '2026-11-23', limiting.scopes(exchange.caller))).toMatchObject({
      userId: 'ada',
      action: 'exchange.intent',
      resource: 'chat.completions.create',
      status: 'pending',
      metadata: {
        exchange: exchange.id,
        credential: 'key-ada',
        team: 'red',
        tier: 'pro',
        source: '192.0.2.1',
        day: '2026-11-23',
        scopes: ['house:house', 'team:red', 'user:ada'],
        reservedTokens: quote?.tokens,
        reservedNano: quote?.nano,
        outputCap: quote?.outputCap,
        stream: true,
        requestBytes: bytes?.length,
      },
    });
  });

  test('of an outcome: how it ended and what it cost', async () => {
    const exchange = await prepared({ body: chatBody() });
    Object.assign(exchange.answer, { status: 200, bytes: 9, complete: true, usage: usage(2, 3) });
    exchange.charge = { tokens: 5, nano: 2100, release: false, over: true };
    const success = {
      status: 'success',
      metadata: { outcome: 'completed', httpStatus: 200, answerBytes: 9 },
    };
    expect(outcomeEntry(exchange)).toMatchObject(success);
    expect(outcomeEntry(exchange).metadata).toMatchObject({
      settledTokens: 5,
      settledNano: 2100,
      overReservation: true,
      usageKnown: true,
    });
    exchange.refusal = new Refusal('upstream.broken');
    expect(outcomeEntry(exchange)).toMatchObject({ status: 'failure', metadata: { outcome: 'failed' } });
    exchange.refusal = new Refusal('budget.exceeded');
    expect(outcomeEntry(exchange).metadata['outcome']).toBe('refused');
    exchange.answer.complete = false;
    exchange.abort();
    expect(outcomeEntry(exchange).metadata['outcome']).toBe('aborted');
  });

  test('of a refusal: as much as was known when it came', () => {
    const stranger = arriving();
    stranger.refusal = new Refusal('auth.invalid');
    expect(refusalEntry(stranger)).toMatchObject({
      userId: 'anonymous',
      resource: 'none',
      metadata: { code: 'auth.invalid', httpStatus: 401, source: '192.0.2.1', outcome: 'refused' },
    });
    const known = routed();
    known.refusal = new Refusal('request.invalid_json');
    expect(refusalEntry(known)).toMatchObject({ userId: 'ada', resource: 'chat.completions.create' });
  });
});
