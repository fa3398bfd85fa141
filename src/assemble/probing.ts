/**
 * The probe of this process: the very stages that callers' calls go through, with all that they work with, but for what is
 * sealed: its user, its limits, its upstream, its records. Nothing of it reaches upstream, the house's money or its log.
 */
import { systemClock } from '../base/clock.ts';
import { NOTHING_SHUT } from '../domain/callers/containment.ts';
import { createFailedAttempts } from '../domain/callers/failed-attempts.ts';
import { createFloods } from '../domain/limits/floods.ts';
import { UpstreamCredential } from '../domain/upstreams/upstream-credential.ts';
import { type WatchGuards, watchGuards } from '../jobs/watch-guards.ts';
import type { Sealed, WayOf } from '../liveness/call.ts';
import { probeLimiting, sealedAuthenticator, STALE_KEY } from '../liveness/probe-user.ts';
import { type RunOptions, runProbe } from '../liveness/run.ts';
import { sealedDetector } from '../liveness/sealed-detector.ts';
import { createPipeline, type PipelineDeps } from '../pipeline.ts';
import { createSocketDoor } from '../realtime/door.ts';
import type { Log } from '../server/log.ts';
import { requestId } from '../server/request-id.ts';
import type { Telemetry } from '../server/telemetry.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';

/** What the probe is told of the house. */
export interface Probing {
  readonly policy: Policy;
  readonly engines: Pick<Engines, 'auditLog' | 'ledger'>;
  /** What callers' stages work with at the moment. */
  readonly deps: () => PipelineDeps;
  readonly telemetry: Pick<Telemetry, 'guardTried'>;
  readonly log: Log;
}

/** The gateway's own. */
export function startProbing({ deps, ...probing }: Probing): WatchGuards | undefined {
  return startProbingBy(probing, () => {
    const house = deps();
    return { wayOf: (sealed) => sealedWay(house, sealed) };
  });
}

/** Of one call of the probe, but for the time in which it is screened. */
const CALL_MS_MAX = 3000;

/**
 * From now on until stopped; undefined where the configuration wants none.
 * @param tried what is tried in a run, and by which way
 */
export function startProbingBy(
  { policy, engines, telemetry, log }: Omit<Probing, 'deps'>,
  tried: () => Pick<RunOptions, 'wayOf' | 'attacks'>,
): WatchGuards | undefined {
  const { liveness } = policy.setup.config;
  if (liveness.everySeconds === 0) return undefined;
  const { auditLog, ledger } = engines;
  const watching = watchGuards({
    settings: liveness,
    auditLog,
    run: (signal) =>
      runProbe({
        ...tried(),
        policy: policy.setup.config,
        outdate: () => ledger.setKeyVersion(STALE_KEY, 2),
        // Where callers' large bodies may take longer to be screened, so may the probe's.
        callMsMax: CALL_MS_MAX + policy.setup.config.guardrails.timeoutMs,
        newId: requestId,
        signal,
      }),
    onVerdicts(verdicts, silent) {
      for (const { control, result } of verdicts) if (result !== 'off') telemetry.guardTried(control, result);
      for (const { control, reason } of silent) log.error({ control, reason }, 'a control did not fire');
    },
  });
  // Once it is what holds.
  policy.onReload(() => () => void setImmediate(() => watching.soon()));
  return watching;
}

/** The house's way, for one call of the probe. A detector is a service outside, which is shown what the probe made up for it. */
export function sealedWay(house: PipelineDeps, sealed: Sealed): ReturnType<WayOf> {
  const deps = sealedDeps(house, sealed);
  const pipeline = createPipeline(deps);
  const own = { settings: SOCKETS, origins: [], newId: requestId, named: undefined };
  const { steps } = pipeline;
  const door = createSocketDoor({ ...deps, steps, parse: deps, upstream: sealed.sockets, ...own });
  return {
    handle: (...call) => pipeline.handle(...call),
    open: (...call) => door.open(...call),
  };
}

function sealedDeps(house: PipelineDeps, sealed: Sealed): PipelineDeps {
  const { upstream, auditLog, desk } = sealed;
  const asking = house.screening.asking && { ...house.screening.asking, desk };
  const limiting = probeLimiting(house.limiting);
  const { detecting } = house;
  return {
    ...house,
    authenticator: sealedAuthenticator(house.authenticator, sealed),
    failedAttempts: createFailedAttempts({ clock: systemClock }),
    floods: createFloods(systemClock),
    limiting,
    auditLog,
    upstream,
    credential: new UpstreamCredential({ present: '', clock: systemClock, onRefused: () => undefined }),
    organization: undefined,
    project: undefined,
    named: undefined,
    upstreamChoice: undefined,
    pressure: undefined,
    screening: { ...house.screening, trial: undefined, asking },
    // The probe must be able to speak: what it says, and to what, is its own.
    endpointsAllow: [...house.endpointsAllow, 'chat.completions', 'sockets.responses', 'sockets.realtime'],
    rules: { ...house.rules, characters: undefined, textCharsMax: TEXT_CHARS_MAX },
    containment: {
      isActive: false,
      checkCaller: () => undefined,
      checkModel: () => undefined,
      state: NOTHING_SHUT,
    },
    detecting: detecting && { ...detecting, limiting, detector: sealedDetector(detecting.detector, sealed) },
    history: undefined,
    observe: () => undefined,
    onDone: () => undefined,
  };
}
const SOCKETS = { idleMsMax: 10_000, lifeMsMax: 10_000, secretsPerHour: 1 };
const TEXT_CHARS_MAX = 1_000_000;
