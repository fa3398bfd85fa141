/** Holds callers of low priority back while little is left of upstream's own limits, so that the others are served. */
import { Refusal } from '../base/errors.ts';
import type { Team } from '../domain/limits/tiers.ts';
import type { UpstreamPressure } from '../domain/upstreams/upstream-pressure.ts';
import type { Guard } from './stage.ts';

/** @throws rate.upstream */
export function holdBack(
  pressure: Pick<UpstreamPressure, 'holdMs'>,
  teams: Readonly<Record<string, Team>>,
): Guard {
  const low = new Set(Object.keys(teams).filter((name) => teams[name]?.priority === 'low'));
  return function holdBack({ caller, upstream, prepared }) {
    if (caller.team === undefined || !low.has(caller.team)) return;
    const ms = pressure.holdMs(upstream, prepared.facts.model);
    if (ms > 0) throw new Refusal('rate.upstream', { retryAfterS: Math.max(1, Math.ceil(ms / 1000)) });
  };
}
