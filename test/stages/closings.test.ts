/** stages/refuse, stages/settle, stages/record-outcome: how every call ends, for its caller, the money, the record. */
import { describe, expect, test } from 'vitest';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { createFailedAttempts } from '../../src/domain/callers/failed-attempts.ts';
import { KeptText } from '../../src/openai/kept-text.ts';
import { countTokens } from '../../src/openai/tokens.ts';
import type { AuditLog, Entry } from '../../src/ports/audit-log.ts';
import { admit } from '../../src/stages/admit.ts';
import { recordIntent } from '../../src/stages/record-intent.ts';
import { recordOutcome } from '../../src/stages/record-outcome.ts';
import { refuse } from '../../src/stages/refuse.ts';
import type { EntryDraft } from '../../src/ports/audit-log.ts';
import { settle } from '../../src/stages/settle.ts';
import { allEntries, auditDir, auditLog, unbalanced } from '../support/audit.ts';
import { arriving, chatBody, prepared, routed, type Rules, rules, usage } from '../support/exchange.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { keptReply } from '../support/relayed.ts';

const SAID = 'It is not far to the sea. ';
const clock = { now: () => Date.UTC(2026, 10, 23, 12) };

async function admitted(gate: Rules, fields: object = {}): Promise<Exchange> {
  const exchange = await prepared({ body: chatBody(fields) }, undefined, gate.parse);
  await admit({ ...gate, reprice: async () => {}, forgetKey: () => {} })(exchange);
  return exchange;
}

describe('refuse', () => {
  test("an answer in OpenAI's shape, with what steers a retry and what is left", async () => {
    const exchange = await admitted(rules({ clock }));
    exchange.refusal = new Refusal('upstream.timeout', { detail: 'not for callers', retryAfterS: 7 });
    exchange.answer.upstreamRequestId = 'req_1';
    const reply = keptReply();
    refuse(exchange, reply);
    expect(reply).toMatchObject({ status: 504, ended: true });
    expect(reply.headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(reply.text.length),
      'x-sallyport-code': 'upstream.timeout',
      'x-upstream-request-id': 'req_1',
      'retry-after': '7',
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': expect.stringMatching(/^1m[01]s$/),
    });
    expect(JSON.parse(reply.text)).toEqual({
      error: {
        message: 'The upstream API did not answer in time.',
        type: 'server_error',
        param: null,
        code: 'upstream.timeout',
      },
    });
  });

  test('an answer that has begun is broken off; who left, and what was not refused, is told nothing', () => {
    const exchange = arriving();
    const reply = keptReply();
    refuse(exchange, reply);
    exchange.refusal = new Refusal('upstream.broken');
    exchange.callerGone = true;
    refuse(exchange, reply);
    expect(reply).toMatchObject({ status: 0, ended: false, destroyed: false });
    exchange.callerGone = false;
    reply.head(200, {});
    refuse(exchange, reply);
    expect(reply).toMatchObject({ destroyed: true, text: '' });
  });
});

const noted: EntryDraft[] = [];
const run = async (gate: Rules, exchange: Exchange, countText?: (text: string) => Promise<number>) => {
  const count = countText ?? (async (text) => countTokens([text], 'o200k_base'));
  const closing = settle({
    ledger: gate.ledger,
    auditLog: { note: (entry) => void noted.push(entry) },
    countTokens: (text) => count(Buffer.from(text).toString()),
  });
  await closing(exchange);
  return gate.ledger.usage('user', 'ada');
};
const answered = async (gate: Rules, answer: Partial<Exchange['answer']>, fields: object = {}) => {
  const exchange = await admitted(gate, fields);
  exchange.sentUpstream = true;
  Object.assign(exchange.answer, { status: 200, ...answer });
  return exchange;
};
const streamed = async (gate: Rules) => {
  const text = new KeptText();
  text.append(SAID);
  const seen = { streamed: true, contentEvents: 2, contentChars: SAID.length, text };
  return answered(gate, seen, { stream: true, max_tokens: 1000 });
};
const busy = new Refusal('guardrail.busy');

describe('settle', () => {
  test('I12: what was used is owed, once, however often it is said', async () => {
    const gate = rules({ clock });
    const exchange = await answered(gate, { usage: usage(20, 10) });
    const owed = { requests: 1, tokens: 30, settledNano: 20 * 150 + 10 * 600, reservedNano: 0 };
    expect(await run(gate, exchange)).toMatchObject(owed);
    expect(await run(gate, exchange)).toMatchObject(owed);
    expect(exchange.charge).toMatchObject({ release: false, over: false });
  });

  test('nothing was sent: all is given back, as if the call had not been', async () => {
    const gate = rules({ clock });
    expect(await run(gate, await admitted(gate))).toMatchObject({
      requests: 0,
      settledNano: 0,
      reservedNano: 0,
    });
  });

  test('sent, and nobody knows what came of it: the whole reservation', async () => {
    const gate = rules({ clock });
    const exchange = await answered(gate, { status: 0 });
    const { nano } = exchange.prepared.quote ?? {};
    expect(await run(gate, exchange)).toMatchObject({ settledNano: nano, reservedNano: 0 });
  });

  test('more used than reserved is owed in full, and an incident', async () => {
    const gate = rules({ clock });
    const exchange = await answered(gate, { usage: usage(20, 9000) });
    expect(await run(gate, exchange)).toMatchObject({ settledNano: 20 * 150 + 9000 * 600 });
    expect(exchange.charge?.over).toBe(true);
  });

  /** Shown false by not looking at what the ledger answers. */
  test('what was charged in full before stays charged, and an entry says so', async () => {
    const gate = rules({ clock });
    const exchange = await answered(gate, { usage: usage(20, 10) });
    const { nano = 0, tokens = 0 } = exchange.prepared.quote ?? {};
    noted.length = 0;
    // As a survivor does, once the lease of whoever held it is over.
    await gate.ledger.settle({ reservationId: exchange.id, tokens, nano });
    expect(await run(gate, exchange)).toMatchObject({ settledNano: nano, reservedNano: 0 });
    expect(noted).toMatchObject([
      {
        action: 'exchange.settled_late',
        status: 'failure',
        metadata: {
          exchange: exchange.id,
          day: exchange.admitted?.day,
          reservedNano: nano,
          settledNano: 20 * 150 + 10 * 600,
        },
      },
    ]);
    noted.length = 0;
    await run(gate, await answered(gate, { usage: usage(20, 10) }));
    expect(noted).toEqual([]);
  });

  test('a call that was never admitted owes nothing', async () => {
    const gate = rules({ clock });
    expect(await run(gate, await prepared({ body: chatBody() }))).toMatchObject({
      requests: 0,
      settledNano: 0,
    });
  });

  test('a stream without a report owes its text, counted; uncounted, its characters', async () => {
    const counted = rules({ clock });
    const exchange = await streamed(counted);
    const { inputTokens = 0 } = exchange.prepared.quote ?? {};
    expect((await run(counted, exchange)).tokens).toBe(inputTokens + countTokens([SAID], 'o200k_base') + 64);
    const uncounted = rules({ clock });
    expect((await run(uncounted, await streamed(uncounted), () => Promise.reject(busy))).tokens).toBe(
      inputTokens + 3 * SAID.length + 64,
    );
  });
});

interface Desk {
  readonly log: AuditLog;
  readonly gate: Rules;
  readonly close: (exchange: Exchange) => void | Promise<void>;
  readonly entries: () => Promise<readonly Entry[]>;
  readonly actions: () => Promise<string[]>;
  readonly last: () => Promise<unknown>;
}
const desk = async (): Promise<Desk> => {
  const dir = await auditDir();
  const log = await auditLog(dir);
  const gate = rules({ clock });
  const attempts = createFailedAttempts({ clock, singlyMax: 2 });
  const entries = async () => {
    await log.close();
    return (await allEntries(dir)).filter(({ action }) => action.startsWith('exchange.'));
  };
  return {
    log,
    gate,
    entries,
    close: recordOutcome(log, gate.floods, attempts),
    actions: async () => (await entries()).map(({ action, status }) => `${action} ${status}`),
    last: async () => (await entries()).at(-1),
  };
};
const intended = async ({ log, gate }: Desk) => {
  const exchange = await admitted(gate);
  await recordIntent(log, gate.ledger, gate.limiting)(exchange);
  return exchange;
};

describe('record-outcome', () => {
  test('I3: an intent has one outcome, that says how it ended', async () => {
    const one = await desk();
    const exchange = await intended(one);
    exchange.charge = { tokens: 30, nano: 9000, release: false, over: false };
    exchange.answer.status = 200;
    await one.close(exchange);
    expect(await one.last()).toMatchObject({
      action: 'exchange.outcome',
      status: 'success',
      metadata: { exchange: exchange.id, outcome: 'completed', settledNano: 9000, httpStatus: 200 },
    });
  });

  test('what a disk that hangs was given has an outcome, what stood behind it has none: it was refused', async () => {
    const dir = await auditDir();
    const disk = new FaultyDisk();
    const log = await auditLog(dir, { disk, waitMsMax: 60 });
    const gate = rules({ clock });
    const close = recordOutcome(log, gate.floods, createFailedAttempts({ clock, singlyMax: 2 }));
    const hangs = Promise.withResolvers<void>();
    disk.fault = (call) => (call === 'datasync' ? hangs.promise : undefined);
    const ended = async (): Promise<string> => {
      const exchange = await admitted(gate);
      const recording = Promise.resolve(recordIntent(log, gate.ledger, gate.limiting)(exchange));
      exchange.refusal = (await recording.catch(asRefusal)) ?? undefined;
      await close(exchange);
      return exchange.refusal?.code ?? '';
    };
    const first = ended();
    await expect.poll(() => disk.trace.at(-1)).toBe('+datasync');
    expect(await Promise.all([first, ended()])).toEqual(['audit.unavailable', 'audit.unavailable']);
    hangs.resolve();
    await log.close();
    const entries = (await allEntries(dir)).filter(({ action }) => action.startsWith('exchange.'));
    expect(entries.map(({ action }) => action)).toEqual([
      'exchange.intent',
      'exchange.outcome',
      'exchange.refused',
    ]);
    expect(unbalanced(entries)).toEqual([]);
  });

  test('a failure, and use beyond the reservation, are told as such', async () => {
    const one = await desk();
    const exchange = await intended(one);
    exchange.refusal = new Refusal('upstream.broken');
    exchange.charge = { tokens: 9e6, nano: 9e9, release: false, over: true };
    await one.close(exchange);
    expect(await one.actions()).toEqual([
      'exchange.intent pending',
      'exchange.outcome failure',
      'exchange.over_reservation failure',
    ]);
  });

  test('a refusal before the intent is an entry, and counts against who is known', async () => {
    const one = await desk();
    const exchange = routed({ body: chatBody() });
    exchange.refusal = new Refusal('request.invalid_json');
    for (let i = 0; i < 3; i++) await one.close(exchange);
    expect(() => one.gate.floods.check('key-ada', 2)).toThrow('rate.refusals');
    expect(() => one.gate.floods.check('key-ada', 3)).not.toThrow();
    expect(await one.actions()).toEqual(Array.from({ length: 3 }, () => 'exchange.refused failure'));
  });

  test("a key at a wrong address is told in its user's name, and costs neither them nor the disk", async () => {
    const one = await desk();
    const exchange = arriving();
    exchange.refusal = new Refusal('access.address', { subject: { user: 'ada', credential: 'key-ada' } });
    for (let i = 0; i < 5; i++) await one.close(exchange);
    expect(() => one.gate.floods.check('key-ada', 0)).not.toThrow();
    const [first, ...others] = await one.entries();
    expect(first).toMatchObject({
      userId: 'ada',
      metadata: { code: 'access.address', credential: 'key-ada', source: '192.0.2.1' },
    });
    expect(others).toHaveLength(1);
  });

  test('strangers are told singly only so often, and never in the name of anybody', async () => {
    const one = await desk();
    const exchange = arriving();
    exchange.refusal = new Refusal('auth.invalid');
    for (let i = 0; i < 5; i++) await one.close(exchange);
    expect(await one.last()).toMatchObject({ userId: 'anonymous', metadata: { code: 'auth.invalid' } });
    expect(await one.actions()).toHaveLength(2);
  });
});
