/**
 * The probe of the process that runs tools: the very way that callers' calls go, but for what is sealed: its user, its limits,
 * its records, and the tool, which has no effect. No tool of the house is run, and no command.
 */
import { Refusal } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { createFailedAttempts } from '../domain/callers/failed-attempts.ts';
import { createFloods } from '../domain/limits/floods.ts';
import { toolsSchema } from '../domain/tools/tools.ts';
import type { WatchGuards } from '../jobs/watch-guards.ts';
import type { Sealed, WayOf } from '../liveness/call.ts';
import { probeLimiting, sealedAuthenticator } from '../liveness/probe-user.ts';
import { PROBE_TOOL } from '../liveness/sealed-tool.ts';
import { toolAttacks } from '../liveness/tool-attacks.ts';
import { createToolDoor } from '../tool-server/door.ts';
import { createToolWay, type ToolWayDeps } from '../tool-server/way.ts';
import { type Probing, startProbingBy } from './probing.ts';

/** @param deps what callers' calls work with */
export function startToolProbing(probing: Omit<Probing, 'deps'>, deps: ToolWayDeps): WatchGuards | undefined {
  return startProbingBy(probing, () => ({
    attacks: toolAttacks,
    wayOf: (sealed) => sealedToolWay(deps, sealed),
  }));
}

/** The probe must be able to call something, whatever tools there are. */
const OWN = { settings: toolsSchema.parse({ default: 'allow', allow: [PROBE_TOOL] }), keyTools: undefined };

const ANY = { type: 'object', properties: {}, required: [], additionalProperties: true } as const;

/** The house's way, for one call of the probe. */
export function sealedToolWay(house: ToolWayDeps, sealed: Sealed): ReturnType<WayOf> {
  const { tool, auditLog, desk } = sealed;
  const { runner } = tool;
  const named = {
    get: (name: string) => ({ name, description: '', input: ANY, misfit: () => undefined, runner }),
    values: () => [].values(),
  };
  const way = createToolWay({
    ...house,
    tools: named,
    toolPolicyOf: (caller) => (tool.name === PROBE_TOOL ? OWN : house.toolPolicyOf(caller)),
    authenticator: sealedAuthenticator(house.authenticator, sealed),
    failedAttempts: createFailedAttempts({ clock: systemClock }),
    floods: createFloods(systemClock),
    limiting: probeLimiting(house.limiting),
    containment: { isActive: false, checkCaller: () => undefined },
    approvals: desk,
    auditLog,
  });
  const door = createToolDoor({ way, origins: [], onDone: () => undefined });
  return {
    handle: (...call) => door.handle(...call),
    open: () => Promise.reject(new Refusal('gateway.fault', { detail: 'tools have no sockets' })),
  };
}
