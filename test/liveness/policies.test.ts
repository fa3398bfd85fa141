/**
 * What the probe expects follows the policy: nothing that an operator may rightly configure is a false alarm, and what is
 * switched off is listed as off. Shown false by expecting what is shipped, whatever the policy says.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPEN_HOUSE } from '../journeys/open-house.ts';
import { startProbedHouse } from '../support/probed-house.ts';

const everywhere = (action: string): object => ({
  injection: { action },
  pii: { action },
  secrets: { action },
  answers: { pii: action, secrets: action, images: action, links: action, systemPrompt: action },
});
const points = { observe: 0.8, block: 0.99 };

const GUARDRAILS = [
  'injection',
  'tool-injection',
  'personal-data',
  'secrets',
  'large-bodies',
  'answer-personal-data',
  'answer-secrets',
  'answer-streams',
  'answer-links',
  'prompt-leak',
];

/** A name, the configuration, and which are off. */
const POLICIES: readonly (readonly [name: string, config: object, ...off: string[]])[] = [
  ['as shipped', {}],
  ['all is blocked', { guardrails: everywhere('block') }],
  ['all is redacted', { guardrails: everywhere('redact') }],
  ['all is observed', { guardrails: everywhere('observe') }],
  ['no guardrail is on', { guardrails: everywhere('off') }, ...GUARDRAILS],
  ['an open house', OPEN_HOUSE, 'objects', 'denied-tools', 'denied-calls', 'approvals'],
  [
    'types with actions of their own',
    {
      guardrails: {
        pii: { action: 'redact', types: { EMAIL: 'off', IBAN: 'off', CREDIT_CARD: 'observe' } },
        answers: { pii: 'block' },
      },
    },
  ],
  ['types that the probe cannot make up', { guardrails: { pii: { action: 'block', types: ['PHONE'] } } }],
  [
    'points as far up as they go',
    { guardrails: { injection: { toolResults: 'block', points: { user: points, tool: points } } } },
  ],
  [
    'tiers that differ',
    {
      tiers: {
        free: { guardrails: { injection: 'off', pii: 'block', secrets: 'observe' } },
        pro: { guardrails: { injection: 'redact' }, models: ['none'], maxTokensPerRequest: 1 },
      },
    },
  ],
  [
    'a narrow house',
    {
      endpoints: { allow: ['embeddings'] },
      request: { textCharsMax: 10, characters: '[a-z ]*', unknownFields: 'refuse' },
      objects: { isolation: 'user', unknown: 'allow' },
      house: { requestsPerMinute: 0, dailyBudgetUsd: 0 },
      parameters: { store: { force: false }, n: { max: 1 } },
    },
    'objects',
  ],
  ['no tool at all', { tools: { deny: ['*'], callsPerMinute: 0, callsPerAnswerMax: 0 } }, 'approvals'],
  [
    'tools by list, cut out',
    { tools: { default: 'deny', deny: ['exec*'], needsApproval: ['pay*'], onDenied: 'cut' } },
  ],
  ['pictures of everywhere', { guardrails: { answers: { urlAllow: ['*'] } } }, 'answer-links'],
];

let house: Awaited<ReturnType<typeof startProbedHouse>>;
beforeAll(async () => {
  house = await startProbedHouse();
});
afterAll(() => house.close());

test.each(POLICIES.map(([name, config, ...off]) => ({ name, config, off })))(
  '$name',
  async ({ config, off }) => {
    const verdicts = await house.probeUnder(config);
    expect(verdicts.filter(({ result }) => result === 'silent' || result === 'untried')).toEqual([]);
    expect(verdicts.filter(({ result }) => result === 'off').map(({ control }) => control)).toEqual(off);
  },
);
