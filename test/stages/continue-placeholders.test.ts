/**
 * stages/continue-placeholders: what stands upstream is known before a call is prepared again, and what it adds is
 * durable before it is sent. Shown false by a `prepareAndKeep` that takes a refused change for done.
 */
import { expect, test } from 'vitest';
import type { Exchange } from '../../src/domain/exchange.ts';
import { objectsSchema } from '../../src/domain/objects/objects.ts';
import type { Store } from '../../src/ports/store.ts';
import { authoriseObjects } from '../../src/stages/authorise-call.ts';
import { prepareAndKeep, recallPlaceholders } from '../../src/stages/continue-placeholders.ts';
import { prepareChained } from '../../src/stages/parse.ts';
import { ADA, codeOf, keptIn, memoryStore, prepared, RESPONSES, rules } from '../support/exchange.ts';

const parse = rules({ guardrails: { pii: { action: 'redact' } } }).parse;
const objects = objectsSchema.parse({});

async function conversation(store: Store): Promise<void> {
  const owner = { id: 'conv_1', kind: 'conversation', user: ADA.user, createdAt: 1 };
  await store.putOwner(owner, { placeholders: '{"EMAIL":1}' });
}
const saying = (input: string, more: object = { conversation: 'conv_1' }) =>
  prepared({ target: RESPONSES, body: { model: 'gpt-4o-mini', input, ...more } }, ADA, parse);
const sent = ({ prepared: { bytes } }: Exchange): string => Buffer.from(bytes ?? []).toString();

function guards(store: Store) {
  const deps = { keptPlaceholders: keptIn(store), objects };
  const run = [
    authoriseObjects(store, objects),
    recallPlaceholders(deps),
    prepareAndKeep(deps, prepareChained(parse)),
  ];
  return async (exchange: Exchange, count = run.length) => {
    for (const guard of run.slice(0, count)) await guard(exchange);
    return run.slice(count);
  };
}

test('new values go on from the highest number, and are durable', async () => {
  const store = await memoryStore();
  await conversation(store);
  const exchange = await saying('I am ann@example.com');
  await guards(store)(exchange);
  expect(sent(exchange)).toContain('I am <EMAIL_2>');
  expect(await store.getOwners(['conv_1'])).toMatchObject([{ placeholders: '{"EMAIL":2}' }]);
  expect((await store.getSealed(['conv_1'])).size).toBe(1);
});

test('who finds that the object has changed is prepared on what stands there now', async () => {
  const store = await memoryStore();
  await conversation(store);
  const [one, other] = [await saying('I am ann@example.com'), await saying('I am bob@example.com')];
  const rest = await Promise.all([one, other].map(async (exchange) => guards(store)(exchange, 2)));
  await rest[0]?.[0]?.(one);
  await rest[1]?.[0]?.(other);
  expect([sent(one), sent(other)].map((text) => /<EMAIL_\d>/.exec(text)?.[0])).toEqual([
    '<EMAIL_2>',
    '<EMAIL_3>',
  ]);
  expect(other.prepared.placeholders).toMatchObject([
    { placeholder: '<EMAIL_2>', value: 'ann@example.com' },
    { placeholder: '<EMAIL_3>', value: 'bob@example.com' },
  ]);
});

test('an object that changes all the time is given up after four tries', async () => {
  const store = await memoryStore();
  await conversation(store);
  const exchange = await saying('I am ann@example.com');
  const [keep] = await guards(store)(exchange, 2);
  let changes = 0;
  const change = store.changePlaceholders.bind(store);
  store.changePlaceholders = async (id, from, to) => {
    await change(id, from, { placeholders: `{"EMAIL":${10 + ++changes}}` });
    return change(id, from, to);
  };
  expect(await codeOf(() => keep?.(exchange))).toBe('store.unavailable');
  expect(changes).toBe(4);
});

test('a call that continues nothing, or says nothing new, asks no store; one that does fails with it', async () => {
  const store = await memoryStore();
  await conversation(store);
  const known = await saying('Hello');
  const rest = await guards(store)(known, 2);
  const bytes = known.received;
  const plain = await saying('I am ann@example.com', {});
  const late = await saying('I am ann@example.com');
  await authoriseObjects(store, objects)(late);
  await store.close();
  expect(await codeOf(() => rest[0]?.(known))).toBe('ok');
  expect(Buffer.from(known.prepared.bytes ?? []).equals(bytes ?? Buffer.alloc(0))).toBe(false);
  expect(await codeOf(() => guards(store)(plain))).toBe('ok');
  expect(
    await codeOf(() =>
      recallPlaceholders({ keptPlaceholders: keptIn(store), objects: { ...objects, isolation: 'off' } })(
        late,
      ),
    ),
  ).toBe('store.unavailable');
});
