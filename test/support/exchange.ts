/** Calls as the stages meet them, on real rules: a test runs one stage on what the stages before it made of a call. */
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createSeal } from '../../src/base/seal.ts';
import { Secret } from '../../src/base/secret.ts';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import { screenAnswer } from '../../src/domain/answers/answer-screening.ts';
import type { Caller } from '../../src/domain/callers/caller.ts';
import { Exchange } from '../../src/domain/exchange.ts';
import { createFloods, type Floods } from '../../src/domain/limits/floods.ts';
import {
  createKeptPlaceholders,
  type KeptPlaceholders,
} from '../../src/domain/placeholders/kept-placeholders.ts';
import type { Rollout } from '../../src/domain/rollout/rollout.ts';
import { createLimiting, type Limiting } from '../../src/domain/limits/limiting.ts';
import { prepare } from '../../src/domain/requests/preparation.ts';
import { requestSchema } from '../../src/domain/requests/request-rules.ts';
import type { ScopeSettings } from '../../src/domain/limits/scopes.ts';
import { toolPolicies, toolsSchema } from '../../src/domain/tools/tools.ts';
import { createContainment } from '../../src/domain/callers/containment.ts';
import { createEmbeddedLedger, type EmbeddedLedger } from '../../src/engines/ledger/ledger-embedded.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { answerPolicy, guardrailsSchema } from '../../src/guardrails/settings.ts';
import { modelsSchema } from '../../src/openai/prices.ts';
import type { TokenUsage } from '../../src/openai/endpoint.ts';
import type { KeyRecord, Store } from '../../src/ports/store.ts';
import { authoriseRoute } from '../../src/stages/authorise-route.ts';
import { parse, type ParseDeps } from '../../src/stages/parse.ts';
import type { AnswerScreening } from '../../src/stages/screen-answer.ts';

export const ADA: Caller = { user: 'ada', tier: 'pro', role: 'user', credential: 'key-ada' };
export const BOB: Caller = { user: 'bob', tier: 'pro', role: 'user', credential: 'key-bob' };

/** Ada with a key of hers, on which these fields stand. */
export function withKey(fields: Partial<KeyRecord>): Caller {
  const { user, tier, role, credential: id } = ADA;
  return { ...ADA, key: { id, version: 1, user, tier, role, secretDigest: '', createdAt: 0, ...fields } };
}

export const CHAT = '/v1/chat/completions';
export const RESPONSES = '/v1/responses';

export interface RulesOptions {
  readonly rollout?: Rollout | undefined;
  readonly scopes?: Partial<ScopeSettings>;
  readonly guardrails?: object;
  readonly request?: object;
  readonly models?: object;
  readonly tools?: object;
  readonly inlineBytesMax?: number;
  readonly clock?: Clock;
}

/** Nothing is shut. */
export const OPEN_HOUSE = createContainment(systemClock);

/** Answers screened on this thread. */
export function answersBy(guardrails: object, tools: object = { allow: ['*'] }): AnswerScreening {
  const settings = guardrailsSchema.parse(guardrails);
  const toolSettings = toolsSchema.parse(tools);
  return {
    policy: answerPolicy(settings),
    unknownEvents: settings.answers.unknownEvents,
    inlineCharsMax: Infinity,
    toolPolicyOf: toolPolicies(
      () => toolSettings,
      () => [],
    ),
    large: async (job) => screenAnswer(job),
  };
}
/** Answers that nobody looks at. */
export const UNSCREENED = answersBy({ answers: { pii: 'off', secrets: 'off', images: 'off' } });

export interface Rules {
  readonly limiting: Limiting;
  readonly ledger: EmbeddedLedger;
  readonly floods: Floods;
  readonly parse: ParseDeps;
}

/** Tiers: `pro` with room for all, `free` as shipped. */
export function rules(options: RulesOptions = {}): Rules {
  const { clock = systemClock, scopes } = options;
  const tiers = {
    pro: { requestsPerMinute: 60, maxTokensPerRequest: 4000 },
    free: { requestsPerMinute: 10, maxTokensPerRequest: 1000, dailyBudgetUsd: 0.1 },
  };
  const tools = toolsSchema.parse(options.tools ?? {});
  const limiting = createLimiting(
    { tiers, defaults: {}, ...scopes },
    guardrailsSchema.parse(options.guardrails ?? {}),
    options.rollout,
  );
  return {
    limiting,
    ledger: createEmbeddedLedger({ clock }),
    floods: createFloods(clock),
    parse: {
      limiting,
      rules: requestSchema.parse(options.request ?? {}),
      models: modelsSchema.parse({ projectServiceTier: 'default', ...options.models }),
      toolPolicyOf: toolPolicies(
        () => tools,
        () => [],
      ),
      inlineBytesMax: options.inlineBytesMax ?? Infinity,
      large: async (job) => prepare(job),
    },
  };
}

/** In memory, open, closed when the test is over. */
export async function memoryStore(): Promise<Store> {
  const store = openSqliteStore({ file: ':memory:' });
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

export const SEAL = createSeal({ present: new Secret('a secret for the length of a test') });

/** Placeholders of chains kept in this store. */
export function keptIn(store: Store, { days = 7, clock = systemClock } = {}): KeptPlaceholders {
  return createKeptPlaceholders({ store, seal: SEAL, days, clock });
}

export interface CallOptions {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object | undefined;
  readonly source?: string;
}

let calls = 0;

/** A call that no stage has seen. A body that is an object is sent as JSON. */
export function arriving(options: CallOptions = {}): Exchange {
  const { method = 'POST', target = CHAT, body, source = '192.0.2.1' } = options;
  const text = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : (body ?? '');
  const bytes = Buffer.from(text);
  const typed = bytes.length > 0 ? { 'content-type': 'application/json' } : {};
  const headers = { ...typed, 'content-length': String(bytes.length), ...options.headers };
  return new Exchange({
    id: `call-${++calls}`,
    method,
    target,
    source,
    headers,
    rawHeaders: Object.entries(headers).flat(),
    readBody: async (bytesMax) => {
      if (bytes.length > bytesMax) throw new Refusal('request.too_large');
      return bytes;
    },
  });
}

/** A call of this caller's whose operation is known. */
export function routed(options: CallOptions = {}, caller: Caller = ADA): Exchange {
  const exchange = arriving(options);
  exchange.caller = caller;
  void authoriseRoute(['*'])(exchange);
  return exchange;
}

/** A call that was read, screened and priced. */
export async function prepared(
  options: CallOptions,
  caller: Caller = ADA,
  deps: ParseDeps = rules().parse,
): Promise<Exchange> {
  const exchange = routed(options, caller);
  await parse(deps)(exchange);
  return exchange;
}

/** The body of an ordinary chat call; fields are laid over it. */
export function chatBody(fields: object = {}, content = 'How far is it to the sea?'): object {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...fields };
}

/** What upstream reports of a call with nothing special in it. */
export function usage(inputTokens: number, outputTokens: number): TokenUsage {
  return {
    inputTokens,
    outputTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    inputAudioTokens: 0,
    inputImageTokens: 0,
    reasoningTokens: 0,
    outputAudioTokens: 0,
    outputImageTokens: 0,
  };
}

/** `ok`, or the code of what was thrown: `gateway.fault` for whatever is no refusal. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    return asRefusal(error).code;
  }
}
