/** The batch: what leaves together, in which order, and that one which the server refuses takes no other with it. */
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engines/ledger/ledger-redis-batch.ts';
import type { CallArguments, Reply } from '../../../src/engines/ledger/ledger-redis-scripts.ts';

const refused = Object.assign(new Error('OOM'), { name: 'ReplyError' });

/** A server that answers each call with its own argument, or refuses every batch that holds `bad`. */
function recorded(error: Error = refused): { batch: Batch; sent: string[] } {
  const sent: string[] = [];
  const batch = new Batch(async (calls) => {
    sent.push(calls);
    if (calls.includes('bad')) throw error;
    const [, ...flat]: unknown[] = JSON.parse(calls);
    return flat.filter(Array.isArray).map((args): Reply => [String(args[0]), 1]);
  });
  return { batch, sent };
}

const call = (word: string, all = '[]'): CallArguments => ({ own: `["${word}"]`, all });

test('what comes up in one turn leaves in one call, what is common once, in its order, and each has its own reply', async () => {
  const { batch, sent } = recorded();
  const replies = await Promise.all([
    batch.settle(call('a', '["s"]')),
    batch.admit(call('b', '["t"]')),
    batch.admit(call('c', '["t"]')),
  ]);
  expect(replies).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
  ]);
  expect(sent).toEqual(['[[["s"],["t"]],"settle",["a"],1,"admit",["b"],2,"admit",["c"],2]']);
});

test('a settlement alone leaves by itself', async () => {
  const { batch, sent } = recorded();
  expect(await batch.settle(call('a'))).toEqual(['a', 1]);
  expect(sent).toHaveLength(1);
});

test('one that the server refuses takes no other with it', async () => {
  const { batch } = recorded();
  const replies = await Promise.allSettled([
    batch.admit(call('a')),
    batch.admit(call('bad')),
    batch.admit(call('c')),
  ]);
  expect(replies.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an outage is told to all, and nothing is sent twice', async () => {
  const { batch, sent } = recorded(new Error('no reply in time'));
  const replies = await Promise.allSettled([batch.admit(call('a')), batch.admit(call('bad'))]);
  expect(replies.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(sent).toHaveLength(1);
});

test('a crowd leaves in calls of a bounded size', async () => {
  const { batch, sent } = recorded();
  await Promise.all(Array.from({ length: 150 }, (_, i) => batch.admit(call(String(i)))));
  expect(sent).toHaveLength(3);
});
