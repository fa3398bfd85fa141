/** What one row of the admin API says, and what every row may use. Knows no HTTP. */
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import { fieldName } from '../base/field-name.ts';
import type { ApprovalDesk } from '../domain/approvals/approval-desk.ts';
import type { ContainmentState } from '../domain/callers/containment.ts';
import type { IncidentDesk } from '../domain/incidents/incidents.ts';
import type { ErasureDeps } from '../domain/history/erasure.ts';
import type { EndUsers } from '../domain/callers/end-users.ts';
import type { ReadHistory } from '../domain/history/history-view.ts';
import type { GuardStatus } from '../domain/incidents/liveness.ts';
import type { KeyRing } from '../domain/callers/key-ring.ts';
import type { Access } from '../domain/people/people.ts';
import type { Permission } from '../domain/callers/permissions.ts';
import type { BreakGlass, Change, PolicyProposals } from '../domain/policy/policy-proposals.ts';
import type { Holds } from '../domain/history/retention.ts';
import type { TeamAdmin, Teams } from '../domain/people/team-admins.ts';
import type { Tiers } from '../domain/limits/tiers.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Ledger, LedgerAdoption } from '../ports/ledger.ts';
import type { Role, Store } from '../ports/store.ts';

/** Who acts: an administrator by the house's admin key, or the holder of a key or token. */
export interface Actor {
  readonly user: string;
  readonly role: Role;
  /** Public id of the credential; `admin-key` for the house's own. */
  readonly credential: string;
  /** Sees and manages one team alone. */
  readonly teamAdmin?: TeamAdmin | undefined;
  /** Of a person who signed in: what their group opens. */
  readonly person?: Access | undefined;
}

/** The kill switch and the bans, for all processes. */
export interface ContainingTools {
  /** @throws store.unavailable */
  newest(): Promise<ContainmentState>;
  /** `step` sees the newest, and may be asked again. @throws store.unavailable, and what `step` throws */
  change<T>(
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: T },
  ): Promise<T>;
  /** Whether what the kill switch shuts is opened by somebody else than who shut it. */
  readonly release: 'one' | 'auto' | 'two';
  /** Addresses of proxies, which are everybody's. */
  readonly isTrusted: (address: string) => boolean;
}

/** The rules in force in this process. */
export interface PolicyTools {
  /** Version, since when, and the rules; no secret. */
  view(): unknown;
  /** The configuration's files, read again: whole or not at all. @throws policy.*, audit.unavailable, store.unavailable */
  reload(by: string, breakGlass?: BreakGlass): Promise<unknown>;
  /** @throws access.not_found, access.second_person, and as `reload` */
  confirm(digest: string, by: string): Promise<unknown>;
  readonly proposals: Pick<PolicyProposals, 'list' | 'withdraw' | 'needsSecond' | 'permit'>;
}

/** How far guardrails are rolled out. */
export interface RolloutTools {
  /** @throws store.unavailable */
  view(): Promise<unknown>;
  /** Ends a fallback to observing, everywhere; whether there was one. @throws store.unavailable */
  lift(): Promise<boolean>;
}

/** What the rows work with. */
export interface AdminTools {
  readonly keys: KeyRing;
  readonly approvals: ApprovalDesk;
  readonly incidents: IncidentDesk;
  readonly store: Pick<
    Store,
    'keyUse' | 'findEntries' | 'pageEntries' | 'listSettings' | 'listOwners' | 'putOwner'
  > &
    ErasureDeps['store'];
  readonly holds: Holds;
  readonly history: ReadHistory;
  readonly endUsers: EndUsers;
  readonly ledger: Pick<Ledger, 'usage'>;
  readonly containing: ContainingTools;
  /** Left out where the ledger cannot lose its data. */
  readonly adoption?: LedgerAdoption | undefined;
  readonly auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly tiers: Tiers;
  readonly teams: Teams;
  /** Names of the section `upstreams`. */
  readonly upstreams?: ReadonlySet<string> | undefined;
  /** How many live keys people make for themselves, of how many days; left out where nobody signs in. */
  readonly ownKeys?: { readonly max: number; readonly daysMax: number } | undefined;
  readonly policy: PolicyTools;
  /** Whether a key that opens more waits for a second administrator. */
  readonly widerKeys: 'hold' | 'tell';
  /** What is known of each control; undefined where none is tried. */
  readonly guards?: { list(): readonly GuardStatus[] } | undefined;
  readonly rollout: RolloutTools;
  /** What is done with every operation of OpenAI's description. */
  readonly coverage: () => unknown;
  readonly clock: Clock;
}

/** What of an action is agreed on, and why it has to be. */
export interface Weakens extends Pick<Change, 'what' | 'why' | 'once'> {
  /** What it is about, where that is not what the action is done to. */
  readonly of?: string;
  /** The reason of who does it alone. */
  readonly breakGlass: string | undefined;
}

/** `breakGlass` of an input: somebody does alone what takes two, and says why. */
export const breakGlassReason = z.string().min(1).max(500).optional();

/** An action that is checked and not yet begun. Everything before `run` has no effect. */
export interface Plan {
  /** What it is done to, for the audit log: an id, a name; never a secret. */
  readonly resource: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** It opens more than there was: another administrator has to agree, or it is done alone, for a reason that is told. */
  readonly weakens?: Weakens | undefined;
  /** The effect; its result is the answer's body. */
  run(): Promise<unknown>;
  /** Once it has run: counts for its second entry. */
  done?(): Readonly<Record<string, unknown>>;
}

/** What a row takes that is not asked anything. */
export const nothing = z.strictObject({});

/** A list in OpenAI's shape. */
export const listOf = (data: readonly unknown[]) => ({ object: 'list', data });

/** What answers are written in. */
export type MediaType = 'application/json' | 'text/markdown' | 'text/csv';

interface Row<Input extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:id` for what the path names. */
  readonly path: string;
  /** In the audit log. */
  readonly action: string;
  readonly permission: Permission;
  readonly summary: string;
  /** Open to administrators of one team: its plan keeps to what is theirs. */
  readonly forTeams?: true;
  /** It shuts something: never too often. */
  readonly urgent?: true;
  readonly status: 200 | 201;
  /** What it may be answered with; JSON alone where left out. A text is of the one that is no JSON. */
  readonly mediaTypes?: readonly MediaType[] | undefined;
  /** A strict object: the query of a GET, else the body. */
  readonly input: Input;
  /** @throws the refusals of the action, all that can be known before it begins */
  plan(input: z.output<Input>, id: string, tools: AdminTools, actor: Actor): Plan | Promise<Plan>;
}

/** A row as the table holds it: `plan` takes anything and checks it by the row's own schema. */
export interface Route extends Omit<Row<z.ZodType>, 'plan'> {
  /** @throws request.unknown_field, request.invalid_field, and the refusals of the action */
  plan(input: unknown, id: string, tools: AdminTools, actor: Actor): Plan | Promise<Plan>;
}

/** A row whose handler sees only what its schema lets through. */
export function route<Input extends z.ZodType>(row: Row<Input>): Route {
  return {
    ...row,
    plan(input, id, tools, actor) {
      const checked = row.input.safeParse(input);
      if (!checked.success) throw refusalOf(checked.error);
      return row.plan(checked.data, id, tools, actor);
    },
  };
}

/** Names the field if the schema knows it; a field that nobody knows is the caller's text and is not repeated. */
function refusalOf(error: z.ZodError): Refusal {
  const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys');
  const param = fieldName((unknown ?? error.issues[0])?.path ?? []);
  return new Refusal(
    unknown ? 'request.unknown_field' : 'request.invalid_field',
    param === '' ? {} : { param },
  );
}
