/**
 * Does an admin action: permission, input, plan, the record, and only then the effect. Whoever acts and however
 * it ends is in the audit log; nothing takes effect that is not there first.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import { isHarmless } from '../domain/requests/harmless.ts';
import { permit } from '../domain/callers/permissions.ts';
import type { EntryDraft, EntryStatus } from '../ports/audit-log.ts';
import type { Actor, AdminTools, Plan, Route, Weakens } from './route.ts';

export interface AdminRequest {
  readonly route: Route;
  readonly actor: Actor;
  /** The request's, in its entries. */
  readonly id: string;
  readonly source: string;
  /** `:id` of the path; empty without one. */
  readonly target: string;
  /** Reads and parses the input; its refusals are on record too. */
  readonly input: () => unknown;
}

const targetFormat = /^[A-Za-z0-9._:-]{1,128}$/;

/** What an action leaves in the audit log. */
export function adminEntry(
  request: Omit<AdminRequest, 'input'>,
  status: EntryStatus,
  resource: string,
  more: Readonly<Record<string, unknown>> = {},
): EntryDraft {
  const { actor, route, id, source } = request;
  const metadata = { request: id, credential: actor.credential, source, ...more };
  // A key pasted where its id belongs is still a key.
  const named = isHarmless(resource) ? resource : route.path;
  return { userId: actor.user, action: route.action, resource: named, status, metadata };
}

/**
 * The answer's body.
 * @throws access.permission, request.*, audit.unavailable (then nothing was done), and the action's own refusals
 */
export async function perform(tools: AdminTools, request: AdminRequest): Promise<unknown> {
  const { auditLog } = tools;
  const { granted, ...plan } = await planOf(tools, request);
  await auditLog.record(adminEntry(request, 'pending', plan.resource, { ...plan.metadata, ...granted }));
  try {
    const answer = await plan.run();
    auditLog.note(adminEntry(request, 'success', plan.resource, plan.done?.()));
    return answer;
  } catch (error) {
    const { code } = asRefusal(error);
    auditLog.note(adminEntry(request, 'failure', plan.resource, { code }));
    throw error;
  }
}

async function planOf(tools: AdminTools, request: AdminRequest): Promise<Plan & { granted?: Granted }> {
  const { route, actor, target } = request;
  try {
    permit(actor.role, route.permission);
    // No name and no id is made of anything else: what is pasted there gets into no record and no answer.
    if (route.path.includes(':id') && !targetFormat.test(target)) throw new Refusal('access.not_found');
    if (actor.teamAdmin && !route.forTeams) throw new Refusal('access.permission', { detail: 'one team' });
    const plan = await route.plan(request.input(), target, tools, actor);
    return { ...plan, granted: plan.weakens && (await grantOf(tools, request, plan, plan.weakens)) };
  } catch (error) {
    const { code } = asRefusal(error);
    const resource = targetFormat.test(target) ? target : route.path;
    await tools.auditLog.record(adminEntry(request, 'failure', resource, { code }));
    throw error;
  }
}

/** By whose word it is done, in its entry. */
type Granted = { readonly granted: string; readonly second?: string | undefined } | undefined;

/** @throws policy.needs_second with the id of what waits for another administrator, audit.unavailable, store.unavailable */
async function grantOf(
  { policy: { proposals }, auditLog }: AdminTools,
  { actor: { user }, route: { action }, id }: AdminRequest,
  plan: Plan,
  { breakGlass, of: resource = plan.resource, ...agreed }: Weakens,
): Promise<Granted> {
  if (breakGlass === undefined) {
    const grant = await proposals.permit({ action, resource, ...agreed }, user);
    return grant && { granted: grant.state, second: grant.second };
  }
  if (!(await proposals.needsSecond(user))) return undefined;
  const reason = isHarmless(breakGlass) ? breakGlass : '[hidden]';
  const metadata = { request: id, of: action, weaker: [agreed.why], reason };
  await auditLog.record({
    userId: user,
    action: 'policy.break_glass',
    resource,
    status: 'failure',
    metadata,
  });
  return { granted: 'breakGlass' };
}
