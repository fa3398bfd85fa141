/**
 * Promise 46: each control, broken in the house and nowhere else, is found silent by the probe, and what is whole is not.
 * Nothing of it reaches upstream or the house's books. Every row of the table is a negative control of one attack.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealedWay } from '../../src/assemble/probing.ts';
import type { Caller } from '../../src/domain/callers/caller.ts';
import type { Control } from '../../src/domain/incidents/liveness.ts';
import { prepare } from '../../src/domain/requests/preparation.ts';
import type { ScreenPolicy } from '../../src/guardrails/screening.ts';
import type { PipelineDeps } from '../../src/pipeline.ts';
import type { AdmitRequest } from '../../src/ports/ledger.ts';
import { startGuardModel } from '../support/guard-model.ts';
import { type Break, type BreakTools, startProbedHouse } from '../support/probed-house.ts';
import type { Upstream } from '../support/upstream.ts';

/** Everything is on, and what comes to be acted upon is seen at once. */
const STRICT = {
  endpoints: { allow: ['chat.completions', 'files.create', 'sockets'] },
  guardrails: {
    injection: { action: 'block' },
    pii: { action: 'block' },
    secrets: { action: 'block' },
    answers: { pii: 'redact', secrets: 'redact', images: 'redact', systemPrompt: 'redact' },
  },
};

let model: Upstream;
let house: Awaited<ReturnType<typeof startProbedHouse>>;
beforeAll(async () => {
  model = await startGuardModel();
  const engine = { kind: 'guardModel', url: `${model.baseUrl}/score`, timeoutMs: 10_000 };
  house = await startProbedHouse({ ...STRICT, detector: { engine } });
});
afterAll(async () => {
  await house.close();
  await model.close();
});

async function silentIn(broken?: Break): Promise<readonly Control[]> {
  const verdicts = await house.probe(broken);
  return verdicts.filter(({ result }) => result !== 'fired').map(({ control }) => control);
}

const screenedBy =
  (change: Partial<ScreenPolicy>) =>
  ({ limiting }: Pick<PipelineDeps, 'limiting'>) => ({
    limiting: {
      ...limiting,
      screenPolicy: (caller: Caller) => ({ ...limiting.screenPolicy(caller), ...change }),
    },
  });

const answersBy =
  (change: Partial<ScreenPolicy>): Break =>
  ({ screening }) => ({
    screening: { ...screening, policy: screening.policy && { ...screening.policy, ...change } },
  });

const admitting =
  (change: (request: AdmitRequest) => Partial<AdmitRequest>) =>
  ({ ledger }: Pick<PipelineDeps, 'ledger'>) => ({
    ledger: Object.assign(Object.create(ledger), {
      admit: (request: AdmitRequest) => ledger.admit({ ...request, ...change(request) }),
      settle: ledger.settle.bind(ledger),
      usage: ledger.usage.bind(ledger),
      day: ledger.day.bind(ledger),
    }),
  });

const unlimited = (...names: readonly string[]) =>
  admitting(({ scopes }) => ({
    scopes: scopes.map((scope) => ({
      ...scope,
      ...Object.fromEntries(names.map((name) => [name, undefined])),
    })),
  }));

const toolsOf = (
  { toolPolicyOf }: Pick<PipelineDeps, 'toolPolicyOf'>,
  change: object,
): PipelineDeps['toolPolicyOf'] => {
  return (caller) => {
    const policy = toolPolicyOf(caller);
    return { ...policy, settings: { ...policy.settings, ...change } };
  };
};

const somebody = { user: 'ada', tier: 'free', role: 'user', credential: 'key' } as const;

const BROKEN: readonly (readonly [silent: readonly Control[], Break])[] = [
  // What opens for everybody is on record as somebody's.
  [
    ['credentials', 'audit-log'],
    () => ({ authenticator: { authenticate: () => somebody, authenticateWithin: () => somebody } }),
  ],
  [['revoked-keys'], admitting(() => ({ keyVersion: undefined }))],
  [['operations'], () => ({ endpointsAllow: ['*'] })],
  [['objects'], ({ objects }) => ({ objects: { ...objects, isolation: 'off' } })],
  [['injection', 'tool-injection'], screenedBy({ injection: 'off' })],
  [['personal-data'], screenedBy({ pii: 'off' })],
  [['secrets', 'large-bodies', 'uploads', 'sockets', 'realtime'], screenedBy({ secrets: 'off' })],
  // Nobody is asked.
  [['detector'], () => ({ detecting: undefined })],
  [
    ['detector'],
    ({ detecting }) => ({
      detecting: detecting && { ...detecting, detection: { ...detecting.detection, action: 'observe' } },
    }),
  ],
  [
    ['large-bodies'],
    () => ({ large: async (job) => prepare({ ...job, policy: { ...job.policy, secrets: 'off' } }) }),
  ],
  [['sockets', 'realtime', 'answer-personal-data', 'answer-streams'], answersBy({ pii: 'off' })],
  [['answer-secrets'], answersBy({ secrets: 'off' })],
  [['answer-links', 'prompt-leak'], answersBy({ output: {} })],
  [['prompt-leak'], () => ({ printsPrompt: false })],
  [['realtime', 'denied-tools'], (deps) => ({ toolPolicyOf: toolsOf(deps, { deny: [] }) })],
  [
    ['denied-calls'],
    (deps) => ({ screening: { ...deps.screening, toolPolicyOf: toolsOf(deps, { deny: [] }) } }),
  ],
  [
    ['approvals'],
    (deps) => ({ screening: { ...deps.screening, toolPolicyOf: toolsOf(deps, { needsApproval: [] }) } }),
  ],
  [['rate-limit'], unlimited('requestsPerMinute')],
  [['token-limit'], unlimited('tokensPerMinute')],
  [['budget'], unlimited('dailyBudgetNano')],
];

test('a house that is whole fires everywhere', async () => {
  expect(await silentIn()).toEqual([]);
});

test.each(BROKEN)('%j', async (wanted, broken) => {
  expect(await silentIn(broken)).toEqual(wanted);
});

/** Those of the process that runs tools; the others are none of its. */
const OF_TOOLS: readonly Control[] = [
  'credentials',
  'revoked-keys',
  'injection',
  'tool-injection',
  'personal-data',
  'secrets',
  'answer-personal-data',
  'answer-secrets',
  'denied-calls',
  'approvals',
  'rate-limit',
  'audit-log',
];
const BROKEN_TOOLS: readonly (readonly [silent: readonly Control[], BreakTools])[] = [
  [[], () => ({})],
  [
    ['credentials', 'audit-log'],
    () => ({ authenticator: { authenticate: () => somebody, authenticateWithin: () => somebody } }),
  ],
  [['revoked-keys'], admitting(() => ({ keyVersion: undefined }))],
  [['injection', 'tool-injection'], screenedBy({ injection: 'off' })],
  [['personal-data'], screenedBy({ pii: 'off' })],
  [['secrets'], screenedBy({ secrets: 'off' })],
  [
    ['answer-personal-data', 'answer-secrets'],
    ({ screening }) => ({ screening: { ...screening, answers: undefined } }),
  ],
  [['denied-calls'], (deps) => ({ toolPolicyOf: toolsOf(deps, { deny: [] }) })],
  [['approvals'], (deps) => ({ toolPolicyOf: toolsOf(deps, { needsApproval: [] }) })],
  [['rate-limit'], unlimited('requestsPerMinute')],
];

test.each(BROKEN_TOOLS)('of tools: %j', async (wanted, broken) => {
  const verdicts = await house.probeTools(broken);
  const tried = verdicts.filter(({ result }) => result !== 'off').map(({ control }) => control);
  expect(tried).toEqual(OF_TOOLS);
  const missed = verdicts.filter(({ result }) => result !== 'fired' && result !== 'off');
  expect(missed.map(({ control }) => control)).toEqual(wanted);
});

test('a log that forgets, is late, or says what was said is silent', async () => {
  const forgets = await house.probe(undefined, (deps, sealed) => {
    const { auditLog } = sealed;
    auditLog.note = () => undefined;
    return sealedWay(deps, sealed);
  });
  const isLate = await house.probe(undefined, (deps, sealed) => {
    const { auditLog } = sealed;
    auditLog.record = async (draft) => {
      setTimeout(() => auditLog.note(draft), 5);
      return { ...draft, timestamp: '', chain: '', sequence: 1, previousHash: '', hash: '' };
    };
    return sealedWay(deps, sealed);
  });
  const tells = await house.probe(undefined, (deps, sealed) => {
    const { auditLog } = sealed;
    const note = auditLog.note.bind(auditLog);
    auditLog.note = (draft) =>
      note({ ...draft, metadata: { ...draft.metadata, said: sealed.rawHeaders.join(' ') } });
    return sealedWay(deps, sealed);
  });
  for (const verdicts of [forgets, isLate, tells])
    expect(verdicts.filter(({ result }) => result === 'silent').map(({ control }) => control)).toContain(
      'audit-log',
    );
});

test('what is away is not silent, and a call that hangs ends', async () => {
  const away = await house.probe(({ ledger }) => ({
    ledger: Object.assign(Object.create(ledger), {
      admit: () => Promise.reject(new Error('gone')),
      settle: ledger.settle.bind(ledger),
      usage: ledger.usage.bind(ledger),
      day: ledger.day.bind(ledger),
    }),
  }));
  const budget = away.find(({ control }) => control === 'budget');
  expect(budget).toEqual({ control: 'budget', result: 'untried', reason: 'gateway.fault' });
  expect(away.filter(({ result }) => result === 'silent')).toEqual([]);
  expect(away.find(({ control }) => control === 'injection')?.result).toBe('fired');
  const hangs = await house.probeWithin(1500, () => ({ large: () => new Promise(() => undefined) }));
  expect(hangs.find(({ control }) => control === 'large-bodies')).toEqual({
    control: 'large-bodies',
    result: 'untried',
    reason: 'timeout',
  });
});

test('nothing of all that reached upstream, or counts against the house', async () => {
  expect(house.upstream.requests).toEqual([]);
  const { ledger, store, auditDir } = house.engines;
  const { requests, tokens, settledNano, reservedNano } = await ledger.usage('house', 'house');
  expect({ requests, tokens, settledNano, reservedNano }).toEqual({
    requests: 0,
    tokens: 0,
    settledNano: 0,
    reservedNano: 0,
  });
  const probes = await ledger.usage('user', '@probe:none');
  expect(probes.requests).toBeGreaterThan(0);
  expect(probes.reservedNano).toBe(0);
  expect(await store.findEntries({ limit: 10, user: '@probe' })).toEqual([]);
  expect(auditDir).not.toBe('');
  expect(await store.listOwners('chat.completion', { user: '@probe' }, 10)).toEqual([]);
  expect(await store.approvals.list({ limit: 10, at: Date.now() })).toEqual([]);
});
