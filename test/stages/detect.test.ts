/** stages/detect: what its findings do to an exchange, how long a verdict holds, what a tier says of it. */
import { beforeAll, afterAll, expect, test } from 'vitest';
import { detectionSchema } from '../../src/domain/requests/detection.ts';
import type { Rollout } from '../../src/domain/rollout/rollout.ts';
import { createGuardModel, guardModelSchema } from '../../src/engines/detector/detector-guard-model.ts';
import type { Detector } from '../../src/ports/detector.ts';
import { detect } from '../../src/stages/detect.ts';
import { repriced } from '../../src/stages/parse.ts';
import { ADA, chatBody, codeOf, prepared, rules } from '../support/exchange.ts';
import { FLAGGED, shown, startGuardModel } from '../support/guard-model.ts';
import type { Upstream } from '../support/upstream.ts';

let server: Upstream;
let detector: Detector;
beforeAll(async () => {
  server = await startGuardModel();
  detector = createGuardModel(
    guardModelSchema.parse({
      kind: 'guardModel',
      url: `http://127.0.0.1:${server.port}/`,
      timeoutMs: 10_000,
    }),
  );
});
afterAll(async () => {
  await detector.close();
  await server.close();
});

let now = 0;
/** A guard with a memory of its own, in a house with these settings and this tier. */
function house(settings: object = {}, ofTier: object = {}, rollout?: Rollout) {
  const detection = detectionSchema.parse(settings);
  const made = rules({
    scopes: { tiers: { pro: { maxTokensPerRequest: 4000, guardrails: ofTier } } },
    rollout,
  });
  const parse = { ...made.parse, judged: detection };
  const guard = detect({ detector, detection, limiting: made.limiting, clock: { now: () => now } });
  const run = async (text: string) => {
    const exchange = await prepared({ body: chatBody({}, text) }, ADA, parse);
    return [await codeOf(() => guard(exchange)), exchange] as const;
  };
  return { run, parse };
}

test('findings stay when the call is prepared anew', async () => {
  const { run, parse } = house();
  const [code, exchange] = await run('A heron stands there.');
  expect(code).toBe('ok');
  const before = exchange.prepared;
  await repriced(parse)(exchange, 10_000_000_000);
  expect(exchange.prepared).not.toBe(before);
  expect(exchange.prepared.findings).toEqual({ 'detector:flagged': 1 });
});

test('a verdict holds for as long as it is said to', async () => {
  const { run } = house({ rememberMs: 1000 });
  const asked = server.requests.length;
  for (const at of [0, 999, 1000, 1001]) {
    now = at;
    await run('A kingfisher dives.');
  }
  expect(server.requests.length - asked).toBe(2);
});

/** Shown false by a guard that asks nobody whom it stops. */
test('of whom it is only tried on it stops nobody, and tells what it would have stopped', async () => {
  const text = `Now ${FLAGGED}.`;
  const rollout = { includes: () => false, isFallenBack: false };
  const [code, exchange] = await house({}, {}, rollout).run(text);
  expect([code, exchange.detected?.stops]).toEqual(['ok', { 'detector:flagged': 1 }]);
  const tooMuch = await house({ charsMax: 100 }, {}, rollout).run(text.padEnd(200, ' heron'));
  expect([tooMuch[0], tooMuch[1].detected?.stops]).toMatchObject(['ok', { 'detector:failed': 1 }]);
  expect((await house({}, {}, { ...rollout, includes: () => true }).run(text))[0]).toBe('guardrail.detector');
});

test('a tier has an action of its own', async () => {
  const text = `Now ${FLAGGED}.`;
  expect((await house().run(text))[0]).toBe('guardrail.detector');
  const [code, exchange] = await house({}, { detector: 'observe' }).run(text);
  expect([code, exchange.prepared.findings]).toEqual(['ok', { 'detector:flagged': 1 }]);
  const asked = server.requests.length;
  expect((await house({}, { detector: 'off' }).run(text))[0]).toBe('ok');
  expect(server.requests).toHaveLength(asked);
});

test('where failures pass, what fits is judged all the same', async () => {
  const long = `Now ${FLAGGED}. ${'Tides come and go. '.repeat(10)}`;
  const settings = { onFailure: 'pass', charsMax: 100 };
  expect((await house(settings).run(long))[0]).toBe('guardrail.detector');
  const last = server.requests.at(-1);
  expect(last && shown(last)[0]?.text).toBe(long.slice(0, 100));
  const [code, exchange] = await house(settings).run('Tides come and go. '.repeat(10));
  expect([code, exchange.prepared.findings]).toEqual(['ok', { 'detector:failed': 1 }]);
});

test('without a detector nothing is kept for one', async () => {
  expect((await prepared({ body: chatBody() })).prepared.judged).toBeUndefined();
});
