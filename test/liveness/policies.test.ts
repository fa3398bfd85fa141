/**
 * What the probe expects follows the policy: nothing that an operator may rightly configure is a false alarm, and what is
 * switched off is listed as off. Shown false by expecting what is shipped, whatever the policy says.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPEN_HOUSE } from '../journeys/open-house.ts';
import { json } from '../support/behaviour.ts';
import { shown, startGuardModel } from '../support/guard-model.ts';
import { startProbedHouse } from '../support/probed-house.ts';
import type { Upstream } from '../support/upstream.ts';

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

/** Off where callers may open no sockets, or no live sessions, and have no files to bring. */
const NO_SOCKETS = 'sockets';
const NO_SESSIONS = 'realtime';
const NO_FILES = 'uploads';
const MODEL = { kind: 'guardModel', timeoutMs: 10_000 };

/** A name, the configuration, and which are off beside the detector; there is one where the configuration has it. */
const POLICIES: readonly (readonly [name: string, config: object, ...off: string[]])[] = [
  ['as shipped', {}],
  ['all is blocked', { guardrails: everywhere('block') }],
  ['all is redacted', { guardrails: everywhere('redact') }],
  ['all is observed', { guardrails: everywhere('observe') }],
  ['no guardrail is on', { guardrails: everywhere('off') }, ...GUARDRAILS, NO_FILES, NO_SOCKETS],
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
    NO_FILES,
    NO_SOCKETS,
    NO_SESSIONS,
    'objects',
  ],
  ['no tool at all', { tools: { deny: ['*'], callsPerMinute: 0, callsPerAnswerMax: 0 } }, 'approvals'],
  [
    'tools by list, cut out',
    { tools: { default: 'deny', deny: ['exec*'], needsApproval: ['pay*'], onDenied: 'cut' } },
  ],
  ['pictures of everywhere', { guardrails: { answers: { urlAllow: ['*'] } } }, 'answer-links'],
  [
    'live sessions alone',
    { endpoints: { allow: ['sockets.realtime'] }, guardrails: everywhere('block') },
    NO_FILES,
    NO_SOCKETS,
  ],
  [
    'sockets that are observed',
    { endpoints: { allow: ['sockets'] }, guardrails: everywhere('observe') },
    NO_FILES,
  ],
  ['a detector that is obeyed', { detector: { engine: MODEL } }],
  ['a detector that is observed', { detector: { engine: MODEL, action: 'observe' } }],
  ['a detector for system texts', { detector: { engine: MODEL, roles: ['system'] } }],
  ['a detector for results of tools', { detector: { engine: MODEL, roles: ['tool'] } }],
];

let model: Upstream;
let house: Awaited<ReturnType<typeof startProbedHouse>>;
const urlOf = () => `${model.baseUrl}/score`;
/** With where the detector is, where there is one. */
const placed = (config: object): object =>
  'detector' in config
    ? { ...config, detector: { ...Object(config.detector), engine: { ...MODEL, url: urlOf() } } }
    : config;

beforeAll(async () => {
  model = await startGuardModel();
  house = await startProbedHouse(placed({ detector: {} }));
});
afterAll(async () => {
  await house.close();
  await model.close();
});

test.each(POLICIES.map(([name, config, ...off]) => ({ name, config, off })))(
  '$name',
  async ({ config, off }) => {
    const verdicts = await house.probeUnder(placed(config));
    const ofTools = await house.probeTools(undefined, placed(config));
    const expected = 'detector' in config ? off : ['detector', ...off];
    const missed = [...verdicts, ...ofTools].filter(
      ({ result }) => result === 'silent' || result === 'untried',
    );
    expect(missed).toEqual([]);
    const listed = verdicts.filter(({ result }) => result === 'off').map(({ control }) => control);
    expect(listed.toSorted()).toEqual(expected.toSorted());
  },
);

async function verdictUnder(detector: object) {
  const verdicts = await house.probeUnder(placed({ detector }));
  return verdicts.find(({ control }) => control === 'detector');
}

test('a detector that is away: untried where calls end for it, as configured where they go on', async () => {
  model.script = () => json({ scores: 'none' });
  const ended = { result: 'untried', reason: 'guardrail.failed' };
  expect(await verdictUnder({})).toMatchObject(ended);
  expect(await verdictUnder({ onFailure: 'pass' })).toMatchObject({ result: 'fired' });
  const seen = model.requests.map((one) => shown(one).map(({ text }) => text));
  // Of all that the probe says, only what was made up for it.
  expect(seen.flat().every((text) => /^The [a-z]{8} of the [a-z]{8}\.$/.test(text))).toBe(true);
});
