/**
 * What counts as weaker. No change goes unseen in both directions, whatever field it is of, and what only holds more is never
 * told. Shown false by taking a field without a rule for harmless, and by a limit that is gone for none that was lowered.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema, policyOf } from '../../../src/config.ts';
import { weakenings } from '../../../src/domain/weakening/weakening.ts';

type Tree = Record<string, any>;
const SHIPPED: Tree = { ...parse(readFileSync('config/policy.yaml', 'utf8')), upstream: {} };
const policy = (change: (tree: Tree) => void = () => undefined): Tree => {
  const tree = structuredClone(SHIPPED);
  Object.assign(tree, { upstream: { baseUrl: 'https://api.openai.com/v1' }, house: { dailyBudgetUsd: 100 } });
  tree['teams'] = { red: { dailyBudgetUsd: 5, tiers: ['free'] } };
  tree['tiers'].free.guardrails = { pii: 'block' };
  tree['tiers'].pro.models = ['gpt-5*'];
  tree['parameters'] = { store: 'forbid', n: { max: 2 }, include: { deny: ['x'] } };
  change(tree);
  return policyOf(configSchema.parse(tree));
};
const FROM = policy();
const pointersOf = (change: (tree: Tree) => void) =>
  weakenings(FROM, policy(change)).map(({ pointer }) => pointer);

describe('weaker is', () => {
  test.each<[string, (tree: Tree) => void, string]>([
    ['a guardrail off', (t) => (t['guardrails'].secrets.action = 'off'), '/guardrails/secrets/action'],
    [
      'a guardrail of a tier',
      (t) => (t['tiers'].free.guardrails.pii = 'redact'),
      '/tiers/free/guardrails/pii',
    ],
    [
      'one that a tier leaves to the house',
      (t) => delete t['tiers'].free.guardrails,
      '/tiers/free/guardrails/pii',
    ],
    ['a budget up', (t) => (t['tiers'].free.dailyBudgetUsd = 1), '/tiers/free/dailyBudgetUsd'],
    ['a limit gone', (t) => delete t['house'].dailyBudgetUsd, '/house/dailyBudgetUsd'],
    ['a team forgotten', (t) => delete t['teams'].red.dailyBudgetUsd, '/teams/red/dailyBudgetUsd'],
    ['a new tier', (t) => (t['tiers'].new = { dailyBudgetUsd: 0 }), '/tiers/new'],
    ['a model more', (t) => t['tiers'].pro.models.push('o3'), '/tiers/pro/models'],
    ['all models', (t) => delete t['tiers'].pro.models, '/tiers/pro/models'],
    ['an operation', (t) => t['endpoints'].allow.push('fine_tuning'), '/endpoints/allow'],
    ['a tool allowed', (t) => t['tools'].allow.push('shell'), '/tools/allow'],
    ['a tool not denied', (t) => t['tools'].deny.pop(), '/tools/deny'],
    [
      'a closed type that a person may allow',
      (t) => t['tools'].needsApproval.push('shell'),
      '/tools/needsApproval',
    ],
    ['a person not asked', (t) => t['tools'].needsApproval.pop(), '/tools/needsApproval'],
    ['objects of everybody', (t) => (t['objects'].isolation = 'off'), '/objects/isolation'],
    ['a host', (t) => (t['references'] = { urlAllow: ['example.com'] }), '/references/urlAllow'],
    ['a parameter free', (t) => delete t['parameters'].store, '/parameters/store'],
    ['a parameter written', (t) => (t['parameters'].store = { force: true }), '/parameters/store'],
    [
      'what is never personal data',
      (t) => (t['guardrails'].pii.allow = { values: ['x@example.com'] }),
      '/guardrails/pii/allow/values',
    ],
    ['a type less', (t) => (t['guardrails'].pii.types = ['EMAIL']), '/guardrails/pii/types'],
    [
      'points',
      (t) => (t['guardrails'].injection.points = { user: { observe: 0.5, block: 0.8 } }),
      '/guardrails/injection/points/user/block',
    ],
    ['a roll-out', (t) => (t['guardrails'].rollout = { enforce: { percent: 100 } }), '/guardrails/rollout'],
    [
      'a price',
      (t) => (t['models'].prices = { x: { inputUsd: 1, outputUsd: 1 } }),
      '/models/prices/x/inputUsd',
    ],
  ])('%s', (_, change, pointer) => {
    expect(pointersOf(change)).toContain(pointer);
  });
});

test.each<[string, (tree: Tree) => void]>([
  ['a guardrail that blocks', (t) => (t['guardrails'].pii.action = 'block')],
  [
    'a limit down, and a new one',
    (t) => Object.assign(t['tiers'].free, { dailyBudgetUsd: 0.01, concurrency: 1 }),
  ],
  ['a tier less', (t) => delete t['tiers'].pro],
  ['a model less, and one of those that were', (t) => (t['tiers'].pro.models = ['gpt-5-mini'])],
  [
    'a tool denied, by its beginning',
    (t) => (t['tools'].deny = ['execute*', 'write_file', 'delete_file', 'x']),
  ],
  ['a function that a person must allow', (t) => t['tools'].needsApproval.push('pay')],
  ['an answer that ends', (t) => (t['guardrails'].answers.secrets = 'block')],
  ['a word that only the system text knows', (t) => t['guardrails'].answers.canaries.push('kingfisher')],
  ['objects of their makers', (t) => (t['objects'].isolation = 'user')],
  ['a parameter more', (t) => Object.assign(t['parameters'], { background: 'forbid', n: { max: 1 } })],
  ['the same again', () => undefined],
])('stronger is %s', (_, change) => {
  expect(pointersOf(change)).toEqual([]);
});

test('a word that only the system text knows is not told', () => {
  const [of, without] = [policy((t) => t['guardrails'].answers.canaries.push('kingfisher')), FROM];
  expect(weakenings(of, without)).toEqual([
    { pointer: '/guardrails/answers/canaries', from: 1, to: 0, why: 'less is held' },
  ]);
});

/** Every leaf of the policy, by its path. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function withLeaf(path: readonly string[], value: unknown): Tree {
  const tree = structuredClone(FROM);
  const parent = path.slice(0, -1).reduce<Tree>((inner, name) => inner[name], tree);
  parent[path.at(-1) ?? ''] = value;
  return tree;
}

/** Another value of its kind, as a schema would let it pass. */
function another(was: unknown): fc.Arbitrary<unknown> {
  if (typeof was === 'number') return fc.nat();
  if (typeof was === 'boolean') return fc.constant(!was);
  return Array.isArray(was) ? fc.uniqueArray(fc.string({ minLength: 1 })) : fc.string({ minLength: 1 });
}

test('no field changes unseen: one way or the other it is weaker', () => {
  // Of `onOverCap` both words bound a call.
  const paths = leaves(FROM).filter((path) => path.at(-1) !== 'onOverCap');
  for (const path of paths) {
    const was = path.reduce<any>((inner, name) => inner[name], FROM);
    fc.assert(
      fc.property(another(was), (other) => {
        const to = withLeaf(path, other);
        const isSame = JSON.stringify(other) === JSON.stringify(was);
        expect(weakenings(FROM, to).length + weakenings(to, FROM).length > 0).toBe(!isSame);
      }),
      { numRuns: 10 },
    );
  }
});

test('a field that no rule knows is weaker, whatever becomes of it', () => {
  for (const [from, to] of [
    [{}, { new: 1 }],
    [{ new: 1 }, {}],
    [{ new: 1 }, { new: 2 }],
    [{ new: [] }, { new: {} }],
  ])
    expect(weakenings({ house: from ?? {} }, { house: to ?? {} })).toMatchObject([{ pointer: '/house/new' }]);
});
