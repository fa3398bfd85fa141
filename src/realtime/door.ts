/**
 * The door for live sockets: who asks is checked as for any call, before anything is promised; then the way up is opened,
 * and only then is the caller's handshake answered.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import { END_USER_HEADER } from '../domain/callers/end-users.ts';
import { Exchange, type Arrival } from '../domain/exchange.ts';
import type { Containment } from '../domain/callers/containment.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { upstreamFault, upstreamRefusal } from '../domain/upstreams/upstream-errors.ts';
import { type UpstreamChoice, upstreamOfCaller } from '../domain/upstreams/upstreams.ts';
import { upstreamPath } from '../openai/route.ts';
import type { Connected, Handshake, SocketEnd, SocketUpstream } from '../ports/socket.ts';
import { authoriseModelAndTools } from '../stages/authorise-call.ts';
import type { CallSteps } from '../stages/call-steps.ts';
import { headersUp, type OwnNames } from '../stages/forward.ts';
import type { OwnObjects } from '../stages/own-objects.ts';
import { parseOpening, type ParseDeps } from '../stages/parse.ts';
import { refuse } from '../stages/refuse.ts';
import type { Reply } from '../stages/reply.ts';
import { screen } from '../stages/screen.ts';
import type { AnswerScreening } from '../stages/screen-answer.ts';
import type { Dialect, DialectWays } from './dialect.ts';
import { createRealtime } from './realtime.ts';
import { createResponses } from './responses.ts';
import { Session } from './session.ts';
import type { SocketsSettings } from './settings.ts';

/** The way of sockets to one configured upstream. */
export interface SocketDestination extends OwnNames {
  readonly upstream: SocketUpstream;
  readonly retryOnCredential?: boolean | undefined;
}

export interface SocketDoorDeps extends SocketDestination {
  /** Further ones, by name. */
  readonly named?: ReadonlyMap<string, SocketDestination> | undefined;
  /** Undefined where there is but one. */
  readonly upstreamChoice?: UpstreamChoice | undefined;
  readonly steps: CallSteps;
  readonly parse: ParseDeps;
  readonly limiting: Limiting;
  readonly containment: Pick<Containment, 'checkModel'>;
  readonly screening: AnswerScreening;
  readonly ownObjects: OwnObjects;
  readonly settings: SocketsSettings;
  /** Origins of pages that may open sockets. */
  readonly origins: readonly string[];
  /** Ids of calls. */
  readonly newId: () => string;
}

export interface SocketDoor {
  /** One socket, from its handshake to its end; resolves when it is over and on record. Never rejects. */
  open(
    arrival: Arrival,
    handshake: Handshake,
    reply: Reply,
    onExchange: (exchange: Exchange) => void,
  ): Promise<void>;
  /** Sockets end as soon as no call is under way on them, also those that are opening. */
  drain(): void;
}

const DIALECTS: Readonly<Record<string, (ways: DialectWays) => Dialect>> = {
  'sockets.responses': createResponses,
  'sockets.realtime': createRealtime,
};

export function createSocketDoor(deps: SocketDoorDeps): SocketDoor {
  const sessions = new Set<Session>();
  const check = checks(deps);
  let draining = false;

  async function run(exchange: Exchange, handshake: Handshake): Promise<void> {
    const session = new Session(exchange, deps.settings, (own) => dialectOf(deps, exchange, own));
    const upstream = await connect(deps, exchange, session);
    const caller = handshake.accept(session.callerListener);
    if (!caller) {
      exchange.callerGone = true;
      upstream.destroy();
      return;
    }
    sessions.add(session);
    const over = session.start(caller, upstream, openingEvent(exchange));
    if (draining) session.drain();
    await over;
    sessions.delete(session);
  }

  return {
    async open(arrival, handshake, reply, onExchange) {
      const exchange = new Exchange(arrival);
      onExchange(exchange);
      try {
        await check(exchange, handshake);
        await run(exchange, handshake);
      } catch (error) {
        exchange.refusal = asRefusal(error);
        refuse(exchange, reply);
      } finally {
        exchange.answer.complete = exchange.refusal === undefined;
        await deps.steps.close(exchange);
      }
    },
    drain() {
      draining = true;
      for (const session of sessions) session.drain();
    },
  };
}

/** In the order of the pipeline; what is taken is a request and a slot, no money. */
function checks(deps: SocketDoorDeps): (exchange: Exchange, handshake: Handshake) => Promise<void> {
  const origins = new Set(deps.origins.map((url) => new URL(url).origin));
  const readOpening = parseOpening(deps.parse);
  const authoriseModel = authoriseModelAndTools(deps.limiting, deps.containment);
  const checkFindings = screen();
  return async (exchange, handshake) => {
    handshake.check();
    await deps.steps.arrive(exchange);
    checkOrigin(exchange.arrival, origins);
    await readOpening(exchange);
    if (exchange.prepared.facts.model !== undefined) await authoriseModel(exchange);
    await checkFindings(exchange);
    if (deps.upstreamChoice) exchange.upstream = upstreamOfCaller(exchange.caller, deps.upstreamChoice);
    await deps.steps.take(exchange);
  };
}

/** Pages say where they are from, programs do not. @throws access.origin */
function checkOrigin({ headers }: Arrival, origins: ReadonlySet<string>): void {
  const { origin } = headers;
  if (origin !== undefined && !origins.has(origin)) throw new Refusal('access.origin');
}

function dialectOf(deps: SocketDoorDeps, session: Exchange, own: Session): Dialect {
  const create = DIALECTS[session.endpoint.id];
  if (!create) throw new Refusal('access.unknown_operation');
  return create({
    steps: deps.steps,
    screening: deps.screening,
    ownObjects: deps.ownObjects,
    session,
    exchangeFor: (message, within) =>
      new Exchange(arrivalOf(session.arrival, message, deps.newId()), {
        ...within,
        upstream: session.upstream,
        granted: session.caller.granted,
      }),
    sendUp: (event) => own.sendUp(event),
    send: (event) => own.send(event),
    whenDrained: (listener) => own.whenDrained(listener),
    pause: () => own.hold('answer', true),
    resume: () => own.hold('answer', false),
    end: (refusal) => own.end(refusal),
  });
}

/** What a client secret starts its session with; the model is the address's. */
function openingEvent({ caller: { granted } }: Exchange): Buffer | undefined {
  if (!granted) return undefined;
  const { model: _, ...session } = granted.session;
  return Buffer.from(JSON.stringify({ type: 'session.update', session: { ...session, type: 'realtime' } }));
}

/** An event is a body of its own; who says it was said in the handshake. */
function arrivalOf(opening: Arrival, message: Buffer, id: string): Arrival {
  const { method, target, source, rawHeaders } = opening;
  const { [END_USER_HEADER]: said } = opening.headers;
  const headers = said === undefined ? {} : { [END_USER_HEADER]: said };
  return { id, method, target, source, rawHeaders, headers, readBody: () => Promise.resolve(message) };
}

/** @throws upstream.* */
async function connect(deps: SocketDoorDeps, exchange: Exchange, session: Session): Promise<SocketEnd> {
  const gone = new AbortController();
  exchange.whenAborted(() => gone.abort());
  const to = exchange.upstream === undefined ? deps : deps.named?.get(exchange.upstream);
  if (!to) throw new Refusal('upstream.unreachable', { detail: 'an upstream that is not configured' });
  const ask = async (key: string): Promise<Connected> => {
    const path = upstreamPath(to.upstream.basePath, exchange.match);
    const request = { path, headers: headersUp(to, exchange, key), protocols: [] };
    return await to.upstream.connect(request, session.upstreamListener, gone.signal);
  };
  exchange.sentUpstream = true;
  exchange.sentAt = performance.now();
  const key = to.credential.key();
  let connected = await ask(key);
  const isRefused = connected.kind === 'refused' && connected.status === 401;
  if (isRefused && to.credential.refused(key) && to.retryOnCredential && !exchange.aborted)
    connected = await ask(to.credential.key());
  if (connected.kind === 'failed')
    throw exchange.abortedWith ?? upstreamFault(connected.fault, connected.detail);
  const status = connected.kind === 'open' ? 101 : connected.status;
  exchange.answer.status = status;
  exchange.firstByteAt = performance.now();
  if (connected.kind === 'open') return connected.end;
  // Anything but a socket is none, a success or a redirect as well.
  throw upstreamRefusal(status < 400 ? 502 : status, connected.headers, connected.body);
}
