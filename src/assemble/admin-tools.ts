/** What the admin API works with: the rules and engines of this process, and the policy that holds at the time. */
import { isIPv6 } from 'node:net';
import type { AdminDeps } from '../admin/admin.ts';
import type { AdminTools } from '../admin/route.ts';
import { systemClock } from '../base/clock.ts';
import { addressList } from '../domain/callers/authentication.ts';
import { OperatorRate } from '../domain/callers/operator-rate.ts';
import { coverage } from '../openai/coverage.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';
import { rolloutView } from './rolling-out.ts';

/** With the door's own; tiers and teams stay what the policy says at the time. */
export function adminDeps(
  policy: Policy,
  engines: Engines,
  rules: Rules,
  door: Pick<AdminDeps, 'adminKey' | 'people'>,
): AdminDeps {
  const { authenticator, failedAttempts } = rules;
  const ownKeys = door.people?.settings.keys;
  const operatorRate = new OperatorRate(systemClock, policy.setup.config.server.adminRequestsPerMinute);
  const own = { authenticator, failedAttempts, operatorRate, ownKeys };
  return Object.assign(adminTools(policy, engines, rules), own, door);
}

type AdminRules = Pick<
  Rules,
  'rollingOut' | 'endUsers' | 'keys' | 'approvals' | 'incidents' | 'holds' | 'history' | 'containing'
>;

/** What the admin API works with, behind a listener or without one. */
export function adminTools(
  policy: Policy,
  { auditLog, store, ledger, adoption }: Engines,
  { endUsers, keys, approvals, incidents, holds, history, containing, rollingOut }: AdminRules,
): AdminTools {
  const { server, containment, upstreams, policy: taking } = policy.setup.config;
  const proxies = addressList(server.trustProxy);
  const { watching } = containing;
  const contained = {
    newest: () => watching.newest(),
    change: watching.change.bind(watching),
    release: containment.release,
    isTrusted: (address: string) => proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
  };
  const { watching: rolling } = rollingOut;
  return {
    keys,
    approvals,
    incidents,
    containing: contained,
    holds,
    history,
    endUsers,
    store,
    ledger,
    adoption,
    auditLog,
    get tiers() {
      return policy.setup.config.tiers;
    },
    get teams() {
      return policy.setup.config.teams;
    },
    rollout: {
      view: async () => rolloutView(policy.setup, await rolling.newest()),
      lift: () => rolling.lift(),
    },
    policy,
    widerKeys: taking.widerKeys,
    upstreams: new Set(Object.keys(upstreams)),
    coverage,
    clock: systemClock,
  };
}
