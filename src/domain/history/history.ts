/**
 * Conversation history: of tiers that have it, what was asked and answered, screened and sealed. Written after the
 * answer by nobody's leave; a history that fails is counted and never harms the call.
 */
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Seal } from '../../base/seal.ts';
import type { ScreenPolicy } from '../../guardrails/screening.ts';
import { ENFORCED_PII_TYPES } from '../../guardrails/decide.ts';
import { screenPolicy, type GuardrailsSettings } from '../../guardrails/settings.ts';
import { KeptText } from '../../openai/kept-text.ts';
import type { HistoryRecord, HistoryStore } from '../../ports/history-store.ts';
import type { Exchange } from '../exchange.ts';
import type { Tiers } from '../limits/tiers.ts';
import type { Transcript, TranscriptJob } from './transcript.ts';

/** The section `history` of the configuration, and of a tier, which goes before it. */
export const historySchema = z.strictObject({ enabled: z.boolean().default(false) });

/** What an answer said, while it is listened to. */
export interface Heard {
  /** Of a stream. */
  readonly text: KeptText;
  /** A JSON answer, as upstream gave it. */
  json: string | undefined;
}

/** Keeps what tiers with a history say. */
export interface HistoryKeeper {
  /** From here on what is said is heard, where the caller's tier has a history. Before the call goes up. */
  listen(exchange: Exchange): void;
  /** Keeps what was heard, and does not wait for it. */
  keep(exchange: Exchange): void;
  /** How many were not kept. */
  lost(): number;
  /** Waits for what is being kept. */
  close(): Promise<void>;
}

/** What it works with. */
export interface HistoryDeps {
  readonly enabled: boolean;
  readonly tiers: Tiers;
  readonly guardrails: GuardrailsSettings;
  readonly store: HistoryStore;
  readonly seal: Seal;
  readonly clock: Clock;
  /** Off the event loop. */
  readonly transcribe: (job: TranscriptJob) => Promise<Transcript>;
  readonly onFailure: (error: unknown) => void;
}

/** Exchanges that are being kept; one more is lost. */
const PENDING_MAX = 64;
/** A longer answer is not kept, UTF-16 units. */
const JSON_CHARS_MAX = 1_048_576;
const BODY_BYTES_MAX = 4_194_304;
/** Forms of a conversation. */
const SHAPES: ReadonlySet<string> = new Set(['chat', 'completion', 'responses']);

/** Undefined where no tier has a history: then nothing is asked and nothing listened to. */
export function createHistoryKeeper(deps: HistoryDeps): HistoryKeeper | undefined {
  const having = new Set(
    Object.entries(deps.tiers)
      .filter(([, tier]) => tier.history?.enabled ?? deps.enabled)
      .map(([name]) => name),
  );
  return having.size === 0 ? undefined : new Keeper(deps, having);
}

class Keeper implements HistoryKeeper {
  readonly #deps: HistoryDeps;
  readonly #having: ReadonlySet<string>;
  readonly #policy: ScreenPolicy;
  readonly #pending = new Set<Promise<void>>();
  #lost = 0;

  constructor(deps: HistoryDeps, having: ReadonlySet<string>) {
    this.#deps = deps;
    this.#having = having;
    this.#policy = keptPolicy(deps.guardrails);
  }

  listen(exchange: Exchange): void {
    const { caller, endpoint } = exchange;
    if (!this.#having.has(caller.tier) || endpoint.cost !== 'tokens' || !SHAPES.has(endpoint.shape)) return;
    exchange.heard = { text: new KeptText(), json: undefined };
  }

  keep(exchange: Exchange): void {
    if (!exchange.heard || !exchange.sentUpstream) return;
    if (this.#pending.size >= PENDING_MAX) {
      this.#lost += 1;
      return;
    }
    const work = this.#keep(exchange)
      .catch((error: unknown) => {
        this.#lost += 1;
        this.#deps.onFailure(error);
      })
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #keep(exchange: Exchange): Promise<void> {
    const { transcribe, store } = this.#deps;
    const { bytes: sent } = exchange.prepared;
    if (!sent) return;
    if (sent.length > BODY_BYTES_MAX) throw new Error('too large for the history');
    const said = saidIn(exchange);
    const { operation: endpointId } = exchange;
    const transcript = await transcribe({ endpointId, sent, said, policy: this.#policy });
    const begunAt = this.#deps.clock.now() - Math.ceil(performance.now() - exchange.startedAt);
    await store.put(this.#recordOf(exchange, transcript), begunAt);
  }

  #recordOf(exchange: Exchange, { asked, answered }: Transcript): HistoryRecord {
    const { seal, clock } = this.#deps;
    const { id, caller, operation, answer, prepared } = exchange;
    const { user, team, endUser } = caller;
    const content = { model: prepared.facts.model, asked, answered };
    return {
      id,
      user,
      team,
      endUser,
      at: clock.now(),
      operation,
      inputTokens: answer.usage?.inputTokens,
      outputTokens: answer.usage?.outputTokens,
      sealed: seal.seal(JSON.stringify(content), belongsTo(user, id)).toString('base64'),
    };
  }

  lost(): number {
    return this.#lost;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

/** What the envelope of a record is bound to. */
export const belongsTo = (user: string, id: string): readonly string[] => ['history', user, id];

/** None of an answer that the caller was not given as it was, or whose choices came in turns. */
function saidIn({ heard, answer, refusal, prepared }: Exchange): TranscriptJob['said'] {
  if (!heard || refusal || answer.cutFor !== undefined) return undefined;
  if (heard.json !== undefined)
    return heard.json.length > JSON_CHARS_MAX ? undefined : { text: heard.json, isJson: true, isTorn: false };
  if (prepared.facts.n > 1 || !answer.streamed) return undefined;
  const text = Buffer.from(heard.text.copy()).toString();
  return { text, isJson: false, isTorn: heard.text.tokensLeftOutMax > 0 || !answer.complete };
}

/** What is kept is redacted for good, also where a tier observes; types that the operator adds count as well. */
function keptPolicy(guardrails: GuardrailsSettings): ScreenPolicy {
  const policy = screenPolicy(guardrails, { injection: 'off', pii: 'redact', secrets: 'redact' });
  const acted = Object.entries(policy.piiActions ?? {}).filter(
    ([, action]) => action === 'redact' || action === 'block',
  );
  const { piiActions: _, ...rest } = policy;
  return {
    ...rest,
    reversible: false,
    piiTypes: [
      ...new Set([...ENFORCED_PII_TYPES, ...(policy.piiTypes ?? []), ...acted.map(([type]) => type)]),
    ],
  };
}
