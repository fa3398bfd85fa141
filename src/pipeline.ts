/** The whole way of a request, on one screen. Order is the product: a line says why where it matters. */
import { asRefusal } from './base/errors.ts';
import type { Authenticator } from './domain/callers/authentication.ts';
import type { Containment } from './domain/callers/containment.ts';
import { Exchange, type Arrival } from './domain/exchange.ts';
import type { Team } from './domain/limits/tiers.ts';
import type { UpstreamChoice } from './domain/upstreams/upstreams.ts';
import type { FailedAttempts } from './domain/callers/failed-attempts.ts';
import type { HistoryKeeper } from './domain/history/history.ts';
import { admit, type AdmitDeps } from './stages/admit.ts';
import { assertEndUser, type EndUserDeps } from './stages/assert-end-user.ts';
import { authenticate } from './stages/authenticate.ts';
import { authoriseAddresses, authoriseModelAndTools, authoriseObjects } from './stages/authorise-call.ts';
import { authoriseBatch, authoriseRoute } from './stages/authorise-route.ts';
import { type ContinueDeps, prepareAndKeep, recallPlaceholders } from './stages/continue-placeholders.ts';
import { claimParked, sendParked } from './stages/claim-parked.ts';
import { chooseUpstream } from './stages/choose-upstream.ts';
import { detect, type DetectDeps } from './stages/detect.ts';
import { forward, type Forward, type ForwardDeps } from './stages/forward.ts';
import { grantSecret, type GrantDeps } from './stages/grant-secret.ts';
import { holdBack } from './stages/hold-back.ts';
import { checkTaintedTools, inheritTaint, passOnResults, passOnTaint } from './stages/inherit-taint.ts';
import { judgeLines, type LineDeps } from './stages/judge-lines.ts';
import { keepHistory, listen } from './stages/keep-history.ts';
import { lookAhead } from './stages/look-ahead.ts';
import { parse, prepareChained, repriced, type ParseDeps } from './stages/parse.ts';
import { price } from './stages/price.ts';
import { recordIntent } from './stages/record-intent.ts';
import { recordOutcome } from './stages/record-outcome.ts';
import { refuse } from './stages/refuse.ts';
import type { Reply } from './stages/reply.ts';
import { screen } from './stages/screen.ts';
import { settle, type SettleDeps } from './stages/settle.ts';
import { shedLoad } from './stages/shed-load.ts';
import type { CallSteps } from './stages/call-steps.ts';
import type { Closing, Guard } from './stages/stage.ts';
import type { AuditLog } from './ports/audit-log.ts';
import type { Store } from './ports/store.ts';

export interface PipelineDeps
  extends Omit<AdmitDeps, 'reprice'>,
    ForwardDeps,
    ParseDeps,
    SettleDeps,
    ContinueDeps,
    GrantDeps,
    LineDeps,
    Pick<EndUserDeps, 'endUsers'> {
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  readonly auditLog: AuditLog;
  readonly store: Store;
  readonly endpointsAllow: readonly string[];
  readonly urlAllow: readonly string[];
  /** Hosts of MCP servers. */
  readonly mcpServers: readonly string[] | undefined;
  readonly containment: Pick<Containment, 'checkModel' | 'checkCaller' | 'isActive' | 'state'>;
  readonly teams: Readonly<Record<string, Team>>;
  /** Undefined: there is one upstream, and no guard to choose it. */
  readonly upstreamChoice?: UpstreamChoice | undefined;
  /** Undefined: there is no detector, and no guard for it. */
  readonly detecting: DetectDeps | undefined;
  /** Undefined: no tier has a history. */
  readonly history: HistoryKeeper | undefined;
  readonly observe: (stage: string, seconds: number) => void;
  /** After the closings: metrics and the request log. */
  readonly onDone: (exchange: Exchange) => void;
}

export interface Pipeline {
  /** Runs one call to its end; never rejects. The reply is answered, or broken off where its caller is gone. */
  handle(arrival: Arrival, reply: Reply, onExchange: (exchange: Exchange) => void): Promise<void>;
  /** The same checks in the same order, for calls that come over a socket. */
  readonly steps: CallSteps;
}

export function createPipeline(d: PipelineDeps): Pipeline {
  const beforeTheBody: readonly Guard[] = [
    authenticate(d.authenticator), //               401      before all: strangers learn nothing
    assertEndUser(d), //                            400 403  with whom else: limits, objects, bans go by it
    authoriseRoute(d.endpointsAllow), //            403 404  before the body: what is refused is not read
    shedLoad(d.floods, d.limiting), //              429      before the body: no trip, no work for who was refused
  ];
  const beforeTaking: readonly Guard[] = [
    timed(parse(d), d.observe), //                  400 413  strict; also screens and prices, in one reading
    authoriseBatch(d.endpointsAllow), //            403      the lines of a batch are calls as well
    authoriseModelAndTools(d.limiting, d.containment), //          403
    authoriseAddresses(d.urlAllow, d.mcpServers), // 400
    authoriseObjects(d.store, d.objects), //        404
    judgeLines(d), //                               403 503  of a batch's file: for whoever uploads it, and whoever runs it
    ...(d.upstreamChoice ? [chooseUpstream(d.upstreamChoice)] : []), // 400 502  where there are several: the objects' own, else the team's
    recallPlaceholders(d), //                       503      whose objects they are is known now
    inheritTaint(), //                                       before preparing again: tools are judged by it
    prepareAndKeep(d, prepareChained(d)), //        400 413 503  before acting on price: what the call goes on from is known now
    checkTaintedTools(), //                         403
    screen(), //                                    400      before admitting: a refused text takes nothing
    price(), //                                     400 429  before admitting: no price, no call
    ...(d.detecting ? [timed(detect(d.detecting), d.observe)] : []), // 400 503  where there is one: after what is free
    passOnTaint(d.store), //                        503      last: who is marked is known, and nothing is sent yet
  ];
  const { asking } = d.screening;
  // Of calls that are no frames of a socket.
  const claiming = asking ? [claimParked(asking, d.toolPolicyOf)] : []; // 403 404  before taking: what was parked is paid for
  const taking: readonly Guard[] = [
    ...(d.pressure ? [holdBack(d.pressure, d.teams)] : []), // 429  where somebody has low priority: it takes nothing
    lookAhead(d.ledger, d.auditLog), //                503  before both: no intent of what is known to fail
    together(
      timed(admit({ ...d, reprice: repriced(d) }), d.observe), // 429 503  all limits and the money, one round trip
      timed(recordIntent(d.auditLog, d.ledger, d.limiting), d.observe), // 503  durable; beside admitting: neither leaves the house
    ),
    recordIntent(d.auditLog, d.ledger, d.limiting), //  503  again, where a short budget changed what is sent
    ...(d.history ? [listen(d.history)] : []), //            last: what is sent is known
  ];
  // ──────── nothing leaves the house above this line, but what a configured detector is shown ────────
  const grant = grantSecret(d); //                           what the gateway answers itself
  const send = forward(d); //                       502 504  and relays the answer, event by event
  const afterwards: readonly Closing[] = [
    settle(d), //                                            first: the outcome says what was charged
    recordOutcome(d.auditLog, d.floods, d.failedAttempts),
    passOnResults(d.store), //                               what the answer has read goes on in what it wrote to
    ...(d.history ? [keepHistory(d.history)] : []), //       nobody waits for it
  ];

  return run({ beforeTheBody, beforeTaking, claiming, taking, grant, send, afterwards }, d.onDone);
}

interface Way {
  readonly beforeTheBody: readonly Guard[];
  readonly beforeTaking: readonly Guard[];
  readonly claiming: readonly Guard[];
  readonly taking: readonly Guard[];
  readonly grant: ReturnType<typeof grantSecret>;
  readonly send: Forward;
  readonly afterwards: readonly Closing[];
}

/** Calls go it whole, those that come over a socket in steps. */
function run(way: Way, onDone: PipelineDeps['onDone']): Pipeline {
  const { beforeTheBody, beforeTaking, claiming, taking, grant, send, afterwards } = way;
  const beforeForwarding = [...beforeTheBody, ...beforeTaking, ...claiming, ...taking];
  const close = async (exchange: Exchange): Promise<void> => {
    await closeWith(afterwards, exchange);
    onDone(exchange);
  };
  return {
    async handle(arrival, reply, onExchange) {
      const exchange = new Exchange(arrival);
      onExchange(exchange);
      try {
        await pass(beforeForwarding, exchange);
        const isAnswered = exchange.callerGone || sendParked(exchange, reply);
        if (!isAnswered) await (grant(exchange, reply) || send(exchange, reply));
      } catch (error) {
        exchange.refusal = asRefusal(error);
        refuse(exchange, reply);
      } finally {
        await close(exchange);
      }
    },
    steps: {
      arrive: (exchange) => pass(beforeTheBody, exchange),
      read: (exchange) => pass(beforeTaking, exchange),
      take: (exchange) => pass(taking, exchange),
      close,
    },
  };
}

/** Ends early where the caller leaves in between. @throws what a guard refuses with */
async function pass(guards: readonly Guard[], exchange: Exchange): Promise<void> {
  for (const guard of guards) {
    const pending = guard(exchange);
    if (pending) await pending;
    if (exchange.callerGone || exchange.released) return;
  }
}

async function closeWith(closings: readonly Closing[], exchange: Exchange): Promise<void> {
  for (const closing of closings) {
    const pending = closing(exchange);
    if (pending) await pending;
  }
}

/** Tells how long a guard took that let the call pass; never in the guards themselves. */
function timed(guard: Guard, observe: PipelineDeps['observe']): Guard {
  const { name } = guard;
  return (exchange) => {
    const startedAt = performance.now();
    const tell = (): void => observe(name, (performance.now() - startedAt) / 1000);
    const pending = guard(exchange);
    return pending ? pending.then(tell) : tell();
  };
}

/**
 * Both run side by side and both finish; the first refusal in order is the one that is told. The second is begun before
 * the first: it is the disk's, which takes longest.
 */
function together(first: Guard, second: Guard): Guard {
  return async (exchange) => {
    const later = endOf(second, exchange);
    const one = await endOf(first, exchange);
    const other = await later;
    const refused = one ?? other;
    if (refused) throw refused.reason;
  };
}

/** Never rejects: what a guard refused with, if it did. */
async function endOf(guard: Guard, exchange: Exchange): Promise<{ readonly reason: unknown } | undefined> {
  try {
    await guard(exchange);
    return undefined;
  } catch (reason) {
    return { reason };
  }
}
