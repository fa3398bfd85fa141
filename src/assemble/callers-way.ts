/** The way of callers' calls, as requests and over sockets, with everything that its stages need. */
import type { Setup } from '../config.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { systemClock } from '../base/clock.ts';
import { answerHeaders } from '../domain/answers/answer-headers.ts';
import type { Exchange } from '../domain/exchange.ts';
import { modelName } from '../domain/records/records.ts';
import type { Team } from '../domain/limits/tiers.ts';
import { UpstreamPressure } from '../domain/upstreams/upstream-pressure.ts';
import { createFairShare } from '../domain/limits/fair-share.ts';
import type { HistoryKeeper } from '../domain/history/history.ts';
import { toolPolicies, type ToolsSettings } from '../domain/tools/tools.ts';
import { answerPolicy, type GuardrailsSettings } from '../guardrails/settings.ts';
import { createPipeline, type Pipeline, type PipelineDeps } from '../pipeline.ts';
import type { Detector } from '../ports/detector.ts';
import { createSocketDoor, type SocketDoor } from '../realtime/door.ts';
import type { Log } from '../server/log.ts';
import type { PreparationPool } from '../server/preparation-pool.ts';
import { requestId } from '../server/request-id.ts';
import type { Telemetry } from '../server/telemetry.ts';
import { askingOf } from '../stages/claim-parked.ts';
import { ownObjects } from '../stages/own-objects.ts';
import type { AnswerScreening } from '../stages/screen-answer.ts';
import type { CallCounting } from '../stages/count-calls.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';
import { countingFor } from './rolling-out.ts';
import type { Upstreams } from './upstreams.ts';

/** What calls go by, beside rules and engines. */
export interface Ways {
  readonly pool: PreparationPool;
  readonly upstreams: Upstreams;
  readonly telemetry: Telemetry;
  readonly detector: Detector | undefined;
  /** Large bodies of one user under way, whatever policy they go by. */
  readonly share: ReturnType<typeof fairShareOf>;
  readonly history: HistoryKeeper | undefined;
  /** What holds at the moment, whatever a call has begun with. */
  readonly policy: Pick<Policy, 'setup'>;
}

/** One way of callers' calls, as requests and over sockets. */
export interface CallersWay {
  readonly way: Pipeline;
  readonly sockets: SocketDoor;
  /** What its stages work with. */
  readonly deps: PipelineDeps;
}

/** The pipeline for requests, and the door for sockets that goes by the same steps. */
export function callersWay(setup: Setup, log: Log, engines: Engines, rules: Rules, ways: Ways): CallersWay {
  const deps = pipelineDeps(setup, log, engines, rules, ways);
  const way = createPipeline(deps);
  return { way, sockets: socketDoor(setup, deps, way, ways.upstreams), deps };
}

/** Half of the threads and their queue, for one user. */
export function fairShareOf({ workers: { threads, queueMax } }: GuardrailsSettings) {
  return createFairShare(Math.ceil((threads + queueMax) / 2));
}

/**
 * A way that another can take the place of, for calls that come from then on. Those under way end on the one they
 * began, and sockets of it end with their call, so that nobody stays behind on rules that no longer hold.
 */
export function swappable(first: CallersWay): {
  readonly way: Pick<Pipeline, 'handle'>;
  readonly sockets: SocketDoor;
  /** Of the one that calls go now. */
  deps(): PipelineDeps;
  replace(next: CallersWay): void;
} {
  let now = first;
  let draining = false;
  return {
    way: { handle: (arrival, reply, onExchange) => now.way.handle(arrival, reply, onExchange) },
    sockets: {
      open: (...args) => now.sockets.open(...args),
      drain() {
        draining = true;
        now.sockets.drain();
      },
    },
    deps: () => now.deps,
    replace(next) {
      now.sockets.drain();
      now = next;
      if (draining) now.sockets.drain();
    },
  };
}

/** Everything that the stages of the callers' way need. */
function pipelineDeps(setup: Setup, log: Log, engines: Engines, rules: Rules, ways: Ways): PipelineDeps {
  const { config } = setup;
  const { upstreams, telemetry, detector, pool, share, history } = ways;
  const detection = config.detector;
  const { containment } = rules.containing;
  // Of answers under way as well: what a tool does is not taken back.
  const inForce = (): ToolsSettings => ways.policy.setup.config.tools;
  const toolPolicyOf = toolPolicies(inForce, () => containment.deniedTools);
  return {
    ...rules,
    ...engines,
    ...upstreams.requests,
    named: upstreams.namedRequests,
    upstreamChoice: upstreams.choice && { ...upstreams.choice, teams: config.teams },
    teams: config.teams,
    pressure: isAnyLow(config.teams) ? new UpstreamPressure(systemClock) : undefined,
    history,
    secretsPerHour: config.sockets.secretsPerHour,
    forgetKey: (id) => rules.keys.forget(id),
    answerHeaders,
    ownObjects: ownObjects(engines.store, config.objects, rules.keptPlaceholders, (err) =>
      log.warn({ err }, 'an owner was not recorded'),
    ),
    rules: config.request,
    models: config.models,
    judged: detection && { roles: detection.roles, charsMax: detection.charsMax },
    detecting: detector && detection && { detector, detection, limiting: rules.limiting },
    printsPrompt: config.guardrails.answers.systemPrompt !== 'off',
    inlineBytesMax: config.guardrails.workers.overBytes,
    large: (job, user) => share(user, () => pool.prepare(job)),
    countTokens: pool.countTokens,
    screening: {
      ...answersOf(setup, engines, rules, ways.policy),
      toolPolicyOf,
      large: pool.screenAnswer,
    },
    endpointsAllow: config.endpoints.allow,
    urlAllow: config.references.urlAllow,
    objects: config.objects,
    toolPolicyOf,
    mcpServers: config.tools.mcp.serverUrlAllow,
    containment,
    observe: telemetry.observeStage,
    onDone: done(telemetry, log, countingFor(setup, rules.rollingOut, rules.limiting)),
  };
}

/** What answers are screened by. */
function answersOf(
  { config }: Setup,
  engines: Engines,
  { limiting, approvals }: Rules,
  policyInForce: Ways['policy'],
): Omit<AnswerScreening, 'toolPolicyOf' | 'large'> {
  const { answers, workers, rollout } = config.guardrails;
  const policy = answerPolicy(config.guardrails);
  return {
    policy,
    trial: policy &&
      rollout && {
        policy: { ...policy, isTrial: true },
        isSpared: (caller) => limiting.isSpared(caller),
      },
    unknownEvents: answers.unknownEvents,
    inlineCharsMax: workers.overBytes,
    asking: askingOf(config.tools, approvals, () => policyInForce.setup.config.tools),
    counting: countingOf(config.tools, engines),
  };
}

/** Undefined where nothing bounds them. */
function countingOf({ callsPerMinute }: ToolsSettings, { ledger }: Engines): CallCounting | undefined {
  return callsPerMinute === undefined ? undefined : { ledger, perMinute: callsPerMinute };
}

function isAnyLow(teams: Readonly<Record<string, Team>>): boolean {
  return Object.values(teams).some(({ priority }) => priority === 'low');
}

/** The way of live sockets: the stages of the pipeline, another way up. */
function socketDoor(
  { config }: Setup,
  deps: PipelineDeps,
  { steps }: Pipeline,
  { sockets, namedSockets }: Upstreams,
): SocketDoor {
  return createSocketDoor({
    ...deps,
    steps,
    parse: deps,
    ...sockets,
    named: namedSockets,
    settings: config.sockets,
    origins: config.server.cors,
    newId: requestId,
  });
}

/** Names of models that are remembered as told. */
const UNPRICED_MAX = 1000;

/** The end of every exchange, for metrics and the log; a fault of ours is the only thing that is loud. */
function done(
  telemetry: Telemetry,
  log: Log,
  count: ((exchange: Exchange) => void) | undefined,
): (exchange: Exchange) => void {
  const unpriced = new BoundedMap<string | undefined, true>(UNPRICED_MAX);
  /** Once a model: who calls one calls it often. */
  const sayUnpriced = (exchange: Exchange): void => {
    const model = modelName(exchange);
    if (unpriced.has(model)) return;
    unpriced.set(model, true);
    const { id, operation } = exchange;
    log.warn({ id, operation, model }, 'nobody knows the price of this model: it is charged at a ceiling');
  };
  return (exchange) => {
    telemetry.done(exchange);
    count?.(exchange);
    if (exchange.sentUpstream && exchange.prepared.quote?.unpriced) sayUnpriced(exchange);
    const { id, operation, ending, refusal } = exchange;
    if (exchange.charge?.over) log.warn({ id, operation }, 'upstream reported more use than was reserved');
    if (refusal?.code === 'gateway.fault')
      log.error({ err: refusal.options.cause, id, operation }, 'gateway fault');
    else log.debug({ id, operation, ending, code: refusal?.code, detail: refusal?.options.detail }, 'done');
  };
}
