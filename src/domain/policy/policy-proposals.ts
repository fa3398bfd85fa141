/**
 * What weakens, and waits for a second person, was confirmed by one, or was done by somebody alone: weaker policies, and single
 * changes (a larger budget, another administrator, a history that is read). Each is bound to the digest of all that was agreed on,
 * so nothing else can be let in by it, and ends by itself.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Store } from '../../ports/store.ts';
import { isLive } from '../callers/keys.ts';
import { signedInAdministrators } from '../people/sessions.ts';
import type { Weakening } from '../weakening/weakening.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const proposalSchema = z.strictObject({
  /** Of the policy that is to hold, and of the one in whose place. */
  digest,
  from: digest,
  by: z.string(),
  /** Milliseconds since 1970, as all times here. */
  at: z.int(),
  until: z.int(),
  state: z.enum(['proposed', 'confirmed', 'breakGlass']),
  /** Who confirmed it. */
  second: z.string().optional(),
  reason: z.string().optional(),
  weaker: z.array(z.strictObject({ pointer: z.string(), why: z.string() })),
  /** Not a policy but this action, of whoever asked. */
  change: z.strictObject({ action: z.string(), resource: z.string() }).optional(),
});
/** One of them. */
export type Proposal = z.infer<typeof proposalSchema>;

const PREFIX = 'policy.proposal:';
const HOUR_MS = 3_600_000;
/** Of what waits; and of what is confirmed, in which every process has to have read it. */
const WAITS_MS = 24 * HOUR_MS;
const CONFIRMED_MS = HOUR_MS;
/** The most that one person may do alone. */
export const BREAK_GLASS_SECONDS_MAX = 4 * 3600;
/** Places that are kept of one. */
const WEAKER_MAX = 200;

/** The house's own admin key is one person's. */
const ADMIN_KEY_USER = 'admin';
/** Whoever can signal a process: the operator of its machine. */
export const HOST = 'system';

export interface PolicyProposalsOptions {
  readonly store: Pick<Store, 'getSetting' | 'putSetting' | 'changeSetting' | 'listSettings' | 'listKeys'>;
  readonly clock: Clock;
}

/** Why somebody acts alone, and for how long. */
export interface BreakGlass {
  readonly reason: string;
  readonly seconds: number;
}

/** A policy, in the place of another. */
export interface Step {
  readonly digest: string;
  readonly from: string;
}

/** What somebody is about to do, that is no policy and opens more than there was. */
export interface Change {
  /** As in the audit log. */
  readonly action: string;
  readonly resource: string;
  /** All that is agreed on: anything else is another change. */
  readonly what: unknown;
  /** A few words for people. */
  readonly why: string;
  /** Good for one use; else for an hour. */
  readonly once: boolean;
}

/** Every operation may throw `store.unavailable`: then nothing is loosened. */
export class PolicyProposals {
  readonly #options: PolicyProposalsOptions;

  constructor(options: PolicyProposalsOptions) {
    this.#options = options;
  }

  /** Whether the house has a second administrator: of live keys and sessions, the admin key, and whoever acts. */
  async needsSecond(by: string): Promise<boolean> {
    const { store, clock } = this.#options;
    const people = new Set([ADMIN_KEY_USER, ...(by === HOST ? [] : [by])]);
    for (const key of await store.listKeys())
      if (key.role === 'admin' && key.administers === undefined && isLive(key, clock.now()))
        people.add(key.user);
    for (const user of await signedInAdministrators(store, clock.now())) people.add(user);
    return people.size > 1;
  }

  /** What lets this step pass, if anything does. */
  async grant(step: Step): Promise<Proposal | undefined> {
    const found = (await this.#find(step.digest))?.proposal;
    return found?.from === step.from && found.state !== 'proposed' ? found : undefined;
  }

  /** Asks for a second person; the first who asked stays the one who did. */
  async propose(
    step: Step,
    by: string,
    weaker: readonly Weakening[],
    change?: Proposal['change'],
  ): Promise<Proposal> {
    const before = (await this.#find(step.digest))?.proposal;
    if (before?.from === step.from) return before;
    return await this.#put(step, by, weaker, {
      state: 'proposed',
      until: this.#options.clock.now() + WAITS_MS,
      ...(change && { change }),
    });
  }

  /**
   * What lets `by` do this; undefined where nobody else is needed. Only who asked goes by what was confirmed.
   * @throws policy.needs_second with the id of what waits now
   */
  async permit({ action, resource, what, why, once }: Change, by: string): Promise<Proposal | undefined> {
    if (!(await this.needsSecond(by))) return undefined;
    const step = {
      digest: hash('sha256', canonicalJson({ action, resource, what, by })),
      from: hash('sha256', action),
    };
    const known = await this.grant(step);
    if (known) {
      if (once) await this.withdraw(step.digest);
      return known;
    }
    await this.propose(step, by, [{ pointer: '', why }], { action, resource });
    throw new Refusal('policy.needs_second', { param: step.digest });
  }

  /** @param seconds up to four hours */
  async breakGlass(
    step: Step,
    by: string,
    weaker: readonly Weakening[],
    { reason, seconds }: BreakGlass,
  ): Promise<Proposal> {
    const until = this.#options.clock.now() + seconds * 1000;
    return await this.#put(step, by, weaker, { state: 'breakGlass', until, reason });
  }

  /** @throws access.not_found for none that waits, access.second_person for whoever proposed it */
  async confirm(id: string, by: string): Promise<Proposal> {
    const found = await this.#find(id);
    if (found?.proposal.state !== 'proposed') throw new Refusal('access.not_found');
    if (found.proposal.by === by) throw new Refusal('access.second_person');
    const until = this.#options.clock.now() + CONFIRMED_MS;
    const confirmed: Proposal = { ...found.proposal, state: 'confirmed', second: by, until };
    await this.#change(id, found.text, JSON.stringify(confirmed));
    return confirmed;
  }

  /** Nobody can confirm it any more, nor go by it; what is in force stays. @throws access.not_found */
  async withdraw(id: string): Promise<void> {
    const found = await this.#find(id);
    if (!found) throw new Refusal('access.not_found');
    await this.#change(id, found.text, undefined);
  }

  /** Those that have not ended; what has is dropped. */
  async list(): Promise<readonly Proposal[]> {
    const { store, clock } = this.#options;
    const live: Proposal[] = [];
    for (const [name, text] of await store.listSettings(PREFIX)) {
      const proposal = proposalSchema.parse(JSON.parse(text));
      if (proposal.until > clock.now()) live.push(proposal);
      else await store.changeSetting(name, text, undefined);
    }
    return live;
  }

  async #find(id: string): Promise<{ readonly proposal: Proposal; readonly text: string } | undefined> {
    const text = digest.safeParse(id).success ? await this.#options.store.getSetting(PREFIX + id) : undefined;
    if (text === undefined) return undefined;
    const proposal = proposalSchema.parse(JSON.parse(text));
    return proposal.until > this.#options.clock.now() ? { proposal, text } : undefined;
  }

  async #put(
    step: Step,
    by: string,
    weaker: readonly Weakening[],
    more: Pick<Proposal, 'state' | 'until' | 'reason' | 'change'>,
  ): Promise<Proposal> {
    const { store, clock } = this.#options;
    const places = weaker.slice(0, WEAKER_MAX).map(({ pointer, why }) => ({ pointer, why }));
    const proposal: Proposal = { ...step, by, at: clock.now(), ...more, weaker: places };
    await store.putSetting(PREFIX + step.digest, JSON.stringify(proposal));
    return proposal;
  }

  async #change(id: string, from: string, to: string | undefined): Promise<void> {
    const done = await this.#options.store.changeSetting(PREFIX + id, from, to);
    if (!done) throw new Refusal('access.not_found', { detail: 'somebody else was first' });
  }
}
