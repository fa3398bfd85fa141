/**
 * What another policy would have made of calls that are on record: which would be refused that went, and which would go that
 * were refused. By the rules and the ledger that judge calls; where the record does not tell, it says so and does not guess.
 */
import type { Code } from '../../base/errors.ts';
import { piiAction } from '../../guardrails/decide.ts';
import { type GuardrailsSettings, screenPolicy } from '../../guardrails/settings.ts';
import { allowedBy, endpointOf } from '../../openai/endpoints/index.ts';
import type { Entry } from '../../ports/audit-log.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Caller } from '../callers/caller.ts';
import { policyAt } from '../requests/elsewhere.ts';
import { codeOfReason } from '../limits/not-admitted.ts';
import { scopesOf, type ScopeSettings } from '../limits/scopes.ts';
import { allowsFunction, type ToolPolicy, type ToolsSettings } from '../tools/tools.ts';

/** The rules that are tried. */
export interface RehearsedPolicy {
  readonly limits: ScopeSettings;
  readonly endpointsAllow: readonly string[];
  readonly guardrails: GuardrailsSettings;
  readonly tools: ToolsSettings;
}

/** Calls of one user that would end otherwise, for one reason. */
export interface Changed {
  readonly team: string | null;
  readonly user: string;
  /** Why they would be refused, or were. */
  readonly code: string;
  readonly count: number;
  /** Ids of the first three. */
  readonly examples: readonly string[];
}

/** All that came of it; the most frequent first. */
export interface Rehearsal {
  readonly calls: number;
  readonly refused: readonly Changed[];
  readonly allowed: readonly Changed[];
  /** Calls of which the record does not tell enough, by what is missing. */
  readonly unclear: Readonly<Record<string, number>>;
}

const ROWS_MAX = 10_000;
const EXAMPLES_MAX = 3;

/** A call as it was recorded. */
interface Recorded {
  readonly caller: Caller;
  readonly operation: string;
  readonly exchange: string;
  readonly model: string | undefined;
  readonly findings: readonly string[];
}

/** What the new rules say: a code, nothing against it, or what cannot be known. */
type Verdict = { readonly code: Code } | { readonly unclear: string } | undefined;

/** Refusals that follow from rules which the record shows; of the others a new policy changes nothing that can be told. */
const TOLD: ReadonlySet<string> = new Set([
  'access.operation_not_allowed',
  'access.model',
  'tool.denied',
  'guardrail.pii',
  'guardrail.secrets',
  'guardrail.injection',
]);
const LIMITS = /^(?:rate\.(?:requests|tokens|concurrency|held)|budget\.exceeded|request\.over_cap)$/;

/** Takes entries in the order of the log. */
export class Rehearsing {
  readonly #policy: RehearsedPolicy;
  readonly #ledger: Pick<Ledger, 'admit' | 'settle'>;
  readonly #isOpen: ReturnType<typeof allowedBy>;
  readonly #tools: ToolPolicy;
  readonly #rows = { refused: new Map<string, Changed>(), allowed: new Map<string, Changed>() };
  readonly #unclear = new Map<string, number>();
  /** Refused by the new rules already: a call is counted once. */
  readonly #refused = new Set<string>();
  readonly #seen = new Set<string>();
  #calls = 0;

  /** @param ledger new, and by a clock that shows the time of the entry that is taken */
  constructor(policy: RehearsedPolicy, ledger: Pick<Ledger, 'admit' | 'settle'>) {
    this.#policy = policy;
    this.#ledger = ledger;
    this.#isOpen = allowedBy(policy.endpointsAllow);
    this.#tools = { settings: policy.tools, keyTools: undefined };
  }

  async take(entry: Entry): Promise<void> {
    if (entry.action === 'exchange.intent') await this.#intent(entry);
    else if (entry.action === 'exchange.outcome') await this.#outcome(entry);
    else if (entry.action === 'exchange.refused') await this.#wasRefused(entry);
  }

  result(): Rehearsal {
    return {
      calls: this.#calls,
      refused: sorted(this.#rows.refused),
      allowed: sorted(this.#rows.allowed),
      unclear: Object.fromEntries(this.#unclear),
    };
  }

  async #intent(entry: Entry): Promise<void> {
    const call = recorded(entry);
    // Of two intents of a call the first has taken its place in the limits.
    if (call === undefined || this.#seen.has(call.exchange)) return;
    this.#seen.add(call.exchange);
    this.#calls += 1;
    const verdict = this.#judge(call);
    if (verdict && 'unclear' in verdict) this.#tellUnclear(verdict.unclear);
    const code = verdict && 'code' in verdict ? verdict.code : await this.#admit(call, entry);
    if (code !== undefined) this.#refuse(call, code);
  }

  async #admit(call: Recorded, { metadata }: Entry): Promise<Code | undefined> {
    const answer = await this.#ledger.admit({
      reservationId: call.exchange,
      scopes: scopesOf(call.caller, this.#policy.limits),
      tokens: count(metadata['reservedTokens']),
      nano: count(metadata['reservedNano']),
    });
    return answer.admitted ? undefined : codeOfReason(answer.reason);
  }

  async #outcome(entry: Entry): Promise<void> {
    const call = recorded(entry);
    if (call === undefined || !this.#seen.delete(call.exchange)) return;
    if (this.#refused.delete(call.exchange)) return;
    const { metadata } = entry;
    await this.#ledger.settle({
      reservationId: call.exchange,
      tokens: count(metadata['settledTokens']),
      nano: count(metadata['settledNano']),
      release: metadata['released'] === true,
    });
    const { tools } = metadata;
    const called = typeof tools === 'object' && tools !== null ? Object.keys(tools) : [];
    if (called.some((name) => name !== 'other' && !allowsFunction(name, this.#tools)))
      this.#add('refused', call, 'tool.denied');
  }

  async #wasRefused(entry: Entry): Promise<void> {
    const call = recorded(entry);
    const { code, tool } = entry.metadata;
    if (call === undefined || typeof code !== 'string') return;
    this.#calls += 1;
    if (LIMITS.test(code)) this.#tellUnclear('refused by a limit: what it would have used is not on record');
    if (!TOLD.has(code)) return;
    const verdict = this.#judge(call);
    const isOfTool = code === 'tool.denied';
    if (isOfTool && typeof tool !== 'string')
      this.#tellUnclear('refused for a tool whose name is not on record');
    else if (isOfTool && !allowsFunction(String(tool), this.#tools)) return;
    else if (!verdict) await this.#goes(call, code);
    else if ('unclear' in verdict && !isOfTool) this.#tellUnclear(verdict.unclear);
  }

  /** It would go: if limits let it, of which it takes a request. What else it would have used is not on record. */
  async #goes(call: Recorded, code: string): Promise<void> {
    const reservationId = call.exchange;
    const scopes = scopesOf(call.caller, this.#policy.limits);
    const answer = await this.#ledger.admit({ reservationId, scopes, tokens: 0, nano: 0 });
    if (!answer.admitted) return;
    await this.#ledger.settle({ reservationId, tokens: 0, nano: 0, release: false });
    this.#add('allowed', call, code);
  }

  /** In the order of the pipeline. */
  #judge({ caller, operation, model, findings }: Recorded): Verdict {
    const { limits, guardrails } = this.#policy;
    const tier = Object.hasOwn(limits.tiers, caller.tier) ? limits.tiers[caller.tier] : undefined;
    if (!tier) return { code: 'auth.invalid' };
    const endpoint = endpointOf(operation);
    if (!endpoint || !this.#isOpen(endpoint)) return { code: 'access.operation_not_allowed' };
    if (tier.models && endpoint.model !== undefined) {
      if (model === undefined) return { unclear: 'the model is not on record' };
      if (!inModels(model, tier.models)) return { code: 'access.model' };
    }
    const policy = policyAt(endpoint, screenPolicy(guardrails, tier.guardrails));
    let unclear: Verdict;
    for (const finding of findings) {
      const [id = '', type = ''] = finding.split(':');
      if (id === 'secrets' && policy.secrets === 'block') return { code: 'guardrail.secrets' };
      if (id === 'pii' && piiAction(type, policy) === 'block') return { code: 'guardrail.pii' };
      if (id === 'injection' && policy.injection === 'block')
        unclear = { unclear: 'an injection was found: how sure it was, and in whose text, is not on record' };
    }
    return unclear;
  }

  #refuse(call: Recorded, code: Code): void {
    this.#refused.add(call.exchange);
    this.#add('refused', call, code);
  }

  #add(to: 'refused' | 'allowed', { caller, exchange }: Recorded, code: string): void {
    const { team = null, user } = caller;
    const rows = this.#rows[to];
    const name = `${team ?? ''} ${user} ${code}`;
    const before = rows.get(name);
    if (!before && rows.size >= ROWS_MAX) return this.#tellUnclear('beyond 10,000 rows');
    const examples = before?.examples ?? [];
    const more = examples.length < EXAMPLES_MAX ? [...examples, exchange] : examples;
    rows.set(name, { team, user, code, count: (before?.count ?? 0) + 1, examples: more });
  }

  #tellUnclear(what: string): void {
    this.#unclear.set(what, (this.#unclear.get(what) ?? 0) + 1);
  }
}

function sorted(rows: ReadonlyMap<string, Changed>): Changed[] {
  return [...rows.values()].sort((a, b) => b.count - a.count);
}

function recorded({ userId, resource, metadata }: Entry): Recorded | undefined {
  const { exchange, tier, team, credential, model, findings } = metadata;
  if (typeof exchange !== 'string' || typeof tier !== 'string') return undefined;
  return {
    caller: {
      user: userId,
      tier,
      role: 'user',
      credential: typeof credential === 'string' ? credential : '',
      ...(typeof team === 'string' && { team }),
    },
    operation: resource,
    exchange,
    model: typeof model === 'string' ? model : undefined,
    findings: typeof findings === 'object' && findings !== null ? Object.keys(findings) : [],
  };
}

function inModels(model: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.endsWith('*') ? model.startsWith(entry.slice(0, -1)) : entry === model));
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
