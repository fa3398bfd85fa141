/**
 * stages/keep-history: who has a history is heard and kept, nobody else; what is refused, or failed to be kept, harms
 * nothing.
 */
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Refusal } from '../../src/base/errors.ts';
import { createHistoryKeeper, type HistoryDeps } from '../../src/domain/history/history.ts';
import { historyOf, historyQuerySchema } from '../../src/domain/history/history-view.ts';
import { transcribe } from '../../src/domain/history/transcript.ts';
import { guardrailsSchema } from '../../src/guardrails/settings.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { keepHistory, listen } from '../../src/stages/keep-history.ts';
import { chatBody, memoryStore, prepared, SEAL, usage } from '../support/exchange.ts';

const MAIL = 'jane.roe@example.com';

async function house(more: Partial<HistoryDeps> = {}) {
  const { history: store } = await memoryStore();
  const failures: unknown[] = [];
  const keeper = createHistoryKeeper({
    enabled: false,
    tiers: { pro: { history: { enabled: true } }, free: {} },
    guardrails: guardrailsSchema.parse({}),
    store,
    seal: SEAL,
    clock: systemClock,
    transcribe: async (job) => transcribe(job),
    onFailure: (error) => failures.push(error),
    ...more,
  });
  if (!keeper) throw new Error('no tier has a history');
  const page = async () =>
    (await historyOf({ history: store, seal: SEAL }, { user: 'ada' }, historyQuerySchema.parse({}))).data;
  return { keeper, failures, page };
}

/** Ended as a call does whose answer was a stream. */
async function heard(keeper: Parameters<typeof listen>[0]): Promise<Exchange> {
  const exchange = await prepared({ body: chatBody({}, `Where does ${MAIL} live?`) });
  await listen(keeper)(exchange);
  exchange.sentUpstream = true;
  Object.assign(exchange.answer, { streamed: true, complete: true, usage: usage(7, 3) });
  for (const word of ['By the', ' sea, says', ` ${MAIL}`]) exchange.heard?.text.append(word);
  return exchange;
}

test('what was said is kept after the call, clean, with its counts', async () => {
  const { keeper, page } = await house();
  const exchange = await heard(keeper);
  await keepHistory(keeper)(exchange);
  await keeper.close();
  expect(await page()).toMatchObject([
    {
      id: exchange.id,
      operation: 'chat.completions.create',
      inputTokens: 7,
      outputTokens: 3,
      answered: { text: 'By the sea, says [REDACTED]', cut: false },
    },
  ]);
  expect(JSON.stringify(await page())).not.toContain(MAIL);
});

test('no tier with a history: nobody listens; another tier is not heard', async () => {
  await expect(house({ tiers: { pro: {} } })).rejects.toThrow('no tier');
  const { keeper, page } = await house({ tiers: { free: { history: { enabled: true } } } });
  const exchange = await heard(keeper);
  expect(exchange.heard).toBeUndefined();
  await keepHistory(keeper)(exchange);
  await keeper.close();
  expect(await page()).toEqual([]);
});

test('of a refused answer the question alone; of a call that never left, nothing', async () => {
  const { keeper, page } = await house();
  const refused = await heard(keeper);
  refused.refusal = new Refusal('guardrail.answer');
  await keepHistory(keeper)(refused);
  const stayed = await heard(keeper);
  stayed.sentUpstream = false;
  await keepHistory(keeper)(stayed);
  await keeper.close();
  expect(await page()).toMatchObject([{ id: refused.id, answered: null }]);
});

test('a store that is away, and a reader that fails, are counted and throw nothing', async () => {
  const { keeper, failures } = await house({
    transcribe: () => Promise.reject(new Error('busy')),
  });
  const exchange = await heard(keeper);
  await keepHistory(keeper)(exchange);
  await keeper.close();
  expect([keeper.lost(), failures.length]).toEqual([1, 1]);
});
