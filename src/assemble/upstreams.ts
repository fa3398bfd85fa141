/** The ways to all configured upstreams, as requests and as sockets, each with its own key; and who hears of a key refused. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { Setup } from '../config.ts';
import type { SafetyIdentifier } from '../domain/callers/safety-identifiers.ts';
import { type OnCredentialRefused, UpstreamCredential } from '../domain/upstreams/upstream-credential.ts';
import { DEFAULT_UPSTREAM, type UpstreamChoice } from '../domain/upstreams/upstreams.ts';
import { followSecrets } from '../engines/secrets/secret-file.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { SocketDestination } from '../realtime/door.ts';
import type { Log } from '../server/log.ts';
import { createSocketUpstream } from '../server/upstream-socket.ts';
import { createUpstream, type UpstreamSettings } from '../server/upstream.ts';
import type { Destination } from '../stages/forward.ts';

/** One upstream by both ways: the key is the same. */
interface Both {
  readonly requests: Destination;
  readonly sockets: SocketDestination;
  stop(): Promise<void>;
}

/** All of them. */
export interface Upstreams extends Pick<Both, 'requests' | 'sockets'> {
  readonly namedRequests: ReadonlyMap<string, Destination> | undefined;
  readonly namedSockets: ReadonlyMap<string, SocketDestination> | undefined;
  /** Undefined where there is but one: nobody has to choose. */
  readonly choice: UpstreamChoice | undefined;
  close(): Promise<void>;
}

/** Who is told of a key that upstream refused. */
export interface UpstreamsTold {
  readonly auditLog: Pick<AuditLog, 'note'>;
  readonly notifier: Notifier;
  readonly count: (upstream: string) => void;
  readonly log: Log;
}

/** @throws the system's errors for a certificate that cannot be read */
export function openUpstreams(
  { config }: Setup,
  told: UpstreamsTold,
  safetyIdentifier: SafetyIdentifier,
): Upstreams {
  const names = Object.keys(config.upstreams);
  const identifier = toldOf(config.upstream.safetyIdentifier, safetyIdentifier);
  const open = (name: string, settings: UpstreamSettings): Both =>
    openUpstream(name, settings, told, identifier);
  const first = open(DEFAULT_UPSTREAM, config.upstream);
  const others = Object.entries(config.upstreams).map(
    ([name, settings]) => [name, open(name, settings)] as const,
  );
  const named = <Way>(way: (both: Both) => Way): ReadonlyMap<string, Way> | undefined =>
    others.length === 0 ? undefined : new Map(others.map(([name, both]) => [name, way(both)]));
  return {
    requests: first.requests,
    sockets: first.sockets,
    namedRequests: named(({ requests }) => requests),
    namedSockets: named(({ sockets }) => sockets),
    choice: others.length === 0 ? undefined : { names: new Set(names), teams: config.teams },
    async close() {
      await Promise.all([first, ...others.map(([, both]) => both)].map((both) => both.stop()));
    },
  };
}

/** Undefined where nobody is told anything. */
function toldOf(
  which: Setup['config']['upstream']['safetyIdentifier'],
  digest: SafetyIdentifier,
): SafetyIdentifier | undefined {
  if (which === 'off') return undefined;
  return which === 'digest' ? digest : ({ endUser }) => endUser;
}

function openUpstream(
  name: string,
  settings: UpstreamSettings,
  told: UpstreamsTold,
  safetyIdentifier: SafetyIdentifier | undefined,
): Both {
  const { apiKey = '', apiKeyNext, organization, project, retryOnCredential } = settings;
  const credential = new UpstreamCredential({
    present: apiKey,
    next: apiKeyNext,
    clock: systemClock,
    onRefused: tell(name, told),
  });
  const following = followKeys(name, settings, credential, told.log);
  const own = { credential, organization, project, retryOnCredential, safetyIdentifier };
  const upstream = createUpstream(settings);
  return {
    requests: { ...own, upstream },
    sockets: { ...own, upstream: createSocketUpstream(settings) },
    async stop() {
      following?.stop();
      await upstream.close();
    },
  };
}

/** Keys from files are read again when these change; one that stands in the configuration stays. */
function followKeys(
  name: string,
  { apiKey = '', apiKeyNext, apiKeyFile, apiKeyNextFile }: UpstreamSettings,
  credential: UpstreamCredential,
  log: Log,
): { stop(): void } | undefined {
  const files = [apiKeyFile, apiKeyNextFile].filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  return followSecrets(files, (contents) => {
    const [first = '', second] = contents;
    if (contents.some((key) => !/^[\x21-\x7e]{1,1024}$/.test(key) || key.startsWith('sk-admin-'))) {
      log.error({ upstream: name }, 'the new key cannot be used; the last one stays');
      return;
    }
    if (apiKeyFile === undefined) credential.replace(apiKey, first);
    else credential.replace(first, second ?? apiKeyNext);
    log.info({ upstream: name }, "upstream's key was read again");
  });
}

function tell(name: string, { auditLog, notifier, count, log }: UpstreamsTold): OnCredentialRefused {
  return ({ place, replaced }) => {
    count(name);
    auditLog.note({
      userId: 'system',
      action: 'upstream.credential',
      resource: name,
      status: 'failure',
      metadata: { place, replaced },
    });
    const then = replaced ? 'the other one is used' : 'there is no other';
    log.error({ upstream: name, place, replaced }, `upstream refused its key; ${then}`);
    if (notifier.receivers === 0) return;
    notifier.notify({
      kind: 'upstream.credential',
      text: `Upstream ${name} refused the ${place} key; ${then}.`,
      path: '/console',
      id: randomUUID(),
    });
  };
}
