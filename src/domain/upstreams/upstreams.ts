/**
 * Which of the configured upstreams a call goes to: its team's or its key's, and where it names objects, theirs. Nothing
 * that a caller writes decides it.
 */
import { Refusal } from '../../base/errors.ts';
import type { ObjectOwner } from '../../ports/store.ts';
import type { Caller } from '../callers/caller.ts';
import type { Team } from '../limits/tiers.ts';

/** What the section `upstream` is called where one is named. */
export const DEFAULT_UPSTREAM = 'default';

/** The names that are configured, and who goes where. */
export interface UpstreamChoice {
  readonly names: ReadonlySet<string>;
  readonly teams: Readonly<Record<string, Team>>;
}

/** The caller's own; undefined: the default one. @throws upstream.unreachable for one that is no longer configured */
export function upstreamOfCaller(
  { key, team }: Caller,
  { names, teams }: UpstreamChoice,
): string | undefined {
  const ofTeam = team !== undefined && Object.hasOwn(teams, team) ? teams[team]?.upstream : undefined;
  return known(key?.upstream ?? ofTeam, names);
}

/**
 * Where a call goes that names these objects.
 * @param own where its caller's calls go
 * @param isBound it goes there whatever it names, as an event of a socket does
 * @throws request.upstream for objects of two, or of another than it is bound to; upstream.unreachable
 */
export function upstreamOfCall(
  own: string | undefined,
  owners: readonly ObjectOwner[],
  names: ReadonlySet<string>,
  isBound = false,
): string | undefined {
  const [first] = owners;
  if (!first) return own;
  const isMixed = owners.some(({ upstream }) => upstream !== first.upstream);
  if (isMixed || (isBound && first.upstream !== own)) throw new Refusal('request.upstream');
  return known(first.upstream, names);
}

function known(name: string | undefined, names: ReadonlySet<string>): string | undefined {
  if (name === undefined || name === DEFAULT_UPSTREAM) return undefined;
  if (!names.has(name))
    throw new Refusal('upstream.unreachable', { detail: 'an upstream that is no longer configured' });
  return name;
}
