/**
 * Whoever sends many large calls at once is told so, and others are screened meanwhile.
 * Shown false by handing all jobs to the pool: all of them are told guardrail.busy, none rate.screening.
 */
import { expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { CHAT_LINE, journey } from '../support/journey.ts';

const CALLS = 12;
const house = journey({
  config: { guardrails: { workers: { threads: 1, queueMax: 5 } } },
});
/** Long enough that all of them are there before the first is done. */
const large = (length: number) => {
  const sentence = 'The old bridge over the river was closed in spring, and nobody knew when it would open. ';
  const content = sentence.repeat(length / sentence.length);
  return JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 5, messages: [{ role: 'user', content }] });
};

test('a user who fills the queue leaves room for another', async () => {
  const { key } = await createKey(house.gateway, { user: 'other', tier: 'internal' });
  const floods = Array.from({ length: CALLS }, () => house.ask(CHAT_LINE, large(400_000)));
  const refused = await Promise.any(
    floods.map(async (call) => {
      const answer = await call;
      if (answer.code !== 'rate.screening') throw new Error(`${answer.status} ${answer.code}`);
      return answer;
    }),
  );
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  const headers = [`Authorization: Bearer ${key}`, 'Content-Type: application/json'];
  expect((await house.ask(CHAT_LINE, large(20_000), headers)).code).not.toBe('guardrail.busy');
  const codes = (await Promise.all(floods)).map(({ code }) => code);
  expect(codes.filter((code) => code === 'rate.screening').length).toBeGreaterThan(0);
  expect(codes).not.toContain('guardrail.busy');
});
