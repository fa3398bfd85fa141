/**
 * A house in this process, on real engines, with what its stages work with in the open: a test breaks one of its controls
 * and sees what the probe makes of that. Its upstream is a real server that counts what reaches it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callersWay, fairShareOf } from '../../src/assemble/callers-way.ts';
import { buildRules, limitingBy } from '../../src/assemble/doors.ts';
import { buildEngines, createDetector } from '../../src/assemble/engines.ts';
import { createPolicy } from '../../src/assemble/policy.ts';
import { sealedWay } from '../../src/assemble/probing.ts';
import { sealedToolWay } from '../../src/assemble/tool-probing.ts';
import { openUpstreams } from '../../src/assemble/upstreams.ts';
import { Secret } from '../../src/base/secret.ts';
import { loadSetup, type Setup } from '../../src/config.ts';
import type { Verdict } from '../../src/domain/incidents/liveness.ts';
import type { Sealed, WayOf } from '../../src/liveness/call.ts';
import { STALE_KEY } from '../../src/liveness/probe-user.ts';
import { type RunOptions, runProbe } from '../../src/liveness/run.ts';
import { toolAttacks } from '../../src/liveness/tool-attacks.ts';
import { answerPolicy } from '../../src/guardrails/settings.ts';
import type { PipelineDeps } from '../../src/pipeline.ts';
import { createLog } from '../../src/server/log.ts';
import { createPreparationPool } from '../../src/server/preparation-pool.ts';
import { requestId } from '../../src/server/request-id.ts';
import { createTelemetry } from '../../src/server/telemetry.ts';
import type { ToolWayDeps } from '../../src/tool-server/way.ts';
import { startUpstream } from './upstream.ts';

export type Break = (house: PipelineDeps) => Partial<PipelineDeps>;
export type BreakTools = (house: ToolWayDeps) => Partial<ToolWayDeps>;

/** The shipped policy with this over it. */
function setupOf(folder: string, config: object, baseUrl: string): Setup {
  const file = join(folder, 'overlay.yaml');
  writeFileSync(file, JSON.stringify(config));
  return loadSetup({
    DATA_DIR: join(folder, 'data'),
    SALLYPORT_CONFIG: file,
    OPENAI_API_KEY: 'sk-proj-of-nobody',
    OPENAI_BASE_URL: baseUrl,
  });
}

async function buildHouse(setup: Setup) {
  const log = createLog('silent');
  const secret = { present: new Secret(randomBytes(32).toString('hex')) };
  const engines = await buildEngines(setup, secret, log);
  const policy = createPolicy(setup, engines, log);
  const rules = buildRules(policy, secret, engines, log);
  const { auditLog, notifier } = engines;
  const told = { auditLog, notifier, count: () => undefined, log };
  const upstreams = openUpstreams(setup, told, rules.safetyIdentifier);
  // Patient with a slow machine.
  const pool = createPreparationPool({ ...setup.config.guardrails, timeoutMs: 20_000 });
  const telemetry = createTelemetry(() => ({ checks: {}, auditWaiting: 0, exports: {}, openExchanges: 0 }));
  const share = fairShareOf(setup.config.guardrails);
  const detector = createDetector(setup.config);
  const ways = { pool, upstreams, telemetry, detector, share, history: undefined, policy };
  const depsBy = (next: Setup): PipelineDeps =>
    callersWay(
      next,
      log,
      engines,
      { ...rules, limiting: limitingBy(next) },
      { ...ways, policy: { setup: next } },
    ).deps;
  return { engines, rules, ways, depsBy };
}

function toolWayDeps(
  house: PipelineDeps,
  { config: { guardrails } }: Setup,
  rules: ReturnType<typeof buildRules>,
  { screenAnswer, screenTexts }: ReturnType<typeof createPreparationPool>,
): ToolWayDeps {
  const inlineCharsMax = guardrails.workers.overBytes;
  return {
    ...rules,
    ...house,
    tools: new Map(),
    policyVersion: 'v1',
    digestKey: randomBytes(32),
    runsMax: 4,
    screening: { answers: answerPolicy(guardrails), inlineCharsMax, screenAnswer, screenTexts },
  };
}

/** What ended a call was time: as on a machine that does much else. */
function isOfASlowMachine({ result, reason }: Verdict): boolean {
  return result === 'untried' && /^(?:store\.unavailable|guardrail\.failed|timeout)$/.test(reason ?? '');
}
const TRIES_MAX = 3;

type Wanted = Pick<RunOptions, 'attacks' | 'callMsMax'>;

function runsOn({ ledger }: Pick<Awaited<ReturnType<typeof buildHouse>>['engines'], 'ledger'>) {
  const runOnce = (setup: Setup, wayOf: WayOf, wanted: Wanted): Promise<readonly Verdict[]> =>
    runProbe({
      ...wanted,
      policy: setup.config,
      wayOf,
      outdate: () => ledger.setKeyVersion(STALE_KEY, 2),
      newId: requestId,
      signal: new AbortController().signal,
    });
  const run = async (setup: Setup, wayOf: WayOf, wanted: Wanted = {}): Promise<readonly Verdict[]> => {
    for (let tries = 1; ; tries++) {
      const verdicts = await runOnce(setup, wayOf, { callMsMax: 20_000, ...wanted });
      if (tries === TRIES_MAX || !verdicts.some(isOfASlowMachine)) return verdicts;
    }
  };
  return { runOnce, run };
}

/** With the configuration over the shipped policy; `close()` removes everything. */
export async function startProbedHouse(config: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-probed-'));
  const upstream = await startUpstream();
  const { baseUrl } = upstream;
  const started = setupOf(folder, config, baseUrl);
  const { engines, rules, ways, depsBy } = await buildHouse(started);
  const { runOnce, run } = runsOn(engines);
  const deps = depsBy(started);
  return {
    upstream,
    engines,
    /** What the probe makes of the house with this of it broken. */
    probe: (
      broken: Break = () => ({}),
      wayOf: (house: PipelineDeps, sealed: Sealed) => ReturnType<WayOf> = sealedWay,
    ) => run(started, (sealed) => wayOf({ ...deps, ...broken(deps) }, sealed)),
    /** Once, with this much time for a call. */
    probeWithin: (callMsMax: number, broken: Break) =>
      runOnce(started, (sealed) => sealedWay({ ...deps, ...broken(deps) }, sealed), { callMsMax }),
    /** What it makes of the process that runs tools, by the same rules or others, with this of it broken. */
    probeTools(broken: BreakTools = () => ({}), other?: object): Promise<readonly Verdict[]> {
      const setup = other === undefined ? started : setupOf(folder, other, baseUrl);
      const tools = toolWayDeps(other === undefined ? deps : depsBy(setup), setup, rules, ways.pool);
      const wayOf = (sealed: Sealed) => sealedToolWay({ ...tools, ...broken(tools) }, sealed);
      return run(setup, wayOf, { attacks: toolAttacks });
    },
    /** And under another policy. */
    async probeUnder(other: object): Promise<readonly Verdict[]> {
      const setup = setupOf(folder, other, baseUrl);
      const house = depsBy(setup);
      return await run(setup, (sealed) => sealedWay(house, sealed));
    },
    async close() {
      rules.containing.watching.stop();
      await Promise.all([ways.pool.close(), ways.upstreams.close(), ways.detector?.close()]);
      await engines.close();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
