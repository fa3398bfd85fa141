/** What incidents shut, and how it is opened again: steps over the state of the kill switch and the bans. Idempotent. */
import type { Containing, IncidentRecord, IncidentSubject } from '../../ports/incident-store.ts';
import { type ContainmentState, fits, lockdownSchema, withLowerings } from '../callers/containment.ts';
import type { IncidentRule } from './incident-rules.ts';

type Wanted = IncidentRecord['wanted'][number];
type Step<T> = (state: ContainmentState) => { readonly state: ContainmentState; readonly result: T };

/** What a rule wants to be shut, of whom it counted. */
export function wantedBy(rule: IncidentRule, subject: IncidentSubject, at: number): Wanted[] {
  const { kind: of, value } = subject;
  const { actions, lowerTo } = rule;
  const wanted: Wanted[] = [];
  if (actions.includes('ban')) wanted.push({ kind: 'ban', of, value, until: at + rule.banS * 1000 });
  if (actions.includes('lowerTier') && lowerTo !== undefined)
    wanted.push({ kind: 'lowering', of, value, tier: lowerTo, until: at + rule.lowerS * 1000 });
  const shuts = (['disableKey', 'disableUser', 'lockDown'] as const).some((action) =>
    actions.includes(action),
  );
  if (shuts) wanted.push({ kind: 'lockdown', of, value });
  return wanted;
}

/** Marks what is shut because of an incident. */
const markOf = (id: string): string => `incident ${id}`;

/** What has been shut, and what there is no room for. */
export interface Shut {
  readonly done: readonly Containing[];
  readonly left: readonly Wanted[];
}

/** Shuts what is wanted where it is not shut already. */
export function shut(id: string, wanted: readonly Wanted[], at: number): Step<Shut> {
  return (before) => {
    let state = before;
    const done: Containing[] = [];
    const left: Wanted[] = [];
    for (const one of wanted) {
      const next = STEPS[one.kind](state, id, one, at);
      if (next === state) continue;
      if (fits(next)) {
        done.push({ ...one, at });
        state = next;
      } else left.push(one);
    }
    return { state, result: { done, left } };
  };
}

function banned(state: ContainmentState, id: string, wanted: Wanted, at: number): ContainmentState {
  const { of: kind, value, until } = wanted;
  if (kind === 'house' || until === undefined || state.bans.some((ban) => ban.id === id)) return state;
  const ban = { id, kind, value, until, at, by: 'system', reason: markOf(id) };
  return { ...state, bans: [...state.bans.filter((old) => old.until > at), ban] };
}

function lowered(state: ContainmentState, id: string, wanted: Wanted, at: number): ContainmentState {
  const { of: kind, value, until, tier } = wanted;
  const before = state.lowerings ?? [];
  if ((kind !== 'user' && kind !== 'key') || tier === undefined || until === undefined) return state;
  if (before.some((lowering) => lowering.id === id)) return state;
  const lowering = { id, kind, value, tier, until, at, by: 'system', reason: markOf(id) };
  return withLowerings(state, [...before, lowering], at);
}

function lockedDown(
  state: ContainmentState,
  id: string,
  { of, value }: Wanted,
  at: number,
): ContainmentState {
  const ours = { ...lockdownSchema.parse({ reason: markOf(id) }), by: 'system', at };
  const before = state.lockdown ?? ours;
  if (of === 'house')
    return before.all ? state : { ...state, lockdown: { ...before, all: true, reason: markOf(id) } };
  if (of !== 'user' && of !== 'key') return state;
  const list = of === 'user' ? 'users' : 'keys';
  if (before[list].includes(value)) return state;
  return { ...state, lockdown: { ...before, [list]: [...before[list], value] } };
}

const STEPS = { ban: banned, lowering: lowered, lockdown: lockedDown };

/** Opens what this incident shut; what somebody else has shut meanwhile stays. */
export function lift(id: string, contained: readonly Containing[]): Step<undefined> {
  return (before) => {
    const { bans, lowerings = [] } = before;
    const others = bans.filter((ban) => ban.id !== id);
    const otherTiers = lowerings.filter((lowering) => lowering.id !== id);
    let state = withLowerings({ ...before, bans: others }, otherTiers, 0);
    for (const { kind, of, value } of contained) {
      if (kind === 'lockdown') state = released(state, id, of, value);
    }
    return { state, result: undefined };
  };
}

function released(
  state: ContainmentState,
  id: string,
  of: Containing['of'],
  value: string,
): ContainmentState {
  const { lockdown, ...rest } = state;
  if (!lockdown) return state;
  // Whoever replaced the kill switch since then gave it words of their own.
  if (of === 'house' && lockdown.reason !== markOf(id)) return state;
  const without = (list: readonly string[]): string[] => list.filter((name) => name !== value);
  const next = {
    ...lockdown,
    ...(of === 'house' && { all: false, reason: '' }),
    ...(of === 'user' && { users: without(lockdown.users) }),
    ...(of === 'key' && { keys: without(lockdown.keys) }),
  };
  const { tiers, users, keys, models, tools, all } = next;
  const isOpen = !all && [tiers, users, keys, models, tools].every((list) => list.length === 0);
  return isOpen ? rest : { ...rest, lockdown: next };
}
