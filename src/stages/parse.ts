/** Reads the body and prepares the call: strictly parsed, screened, priced. Large bodies never on the event loop. */
import { Refusal } from '../base/errors.ts';
import type { CacheScope } from '../domain/upstreams/cache-names.ts';
import type { Caller } from '../domain/callers/caller.ts';
import { type JudgedPart, withDetected } from '../domain/requests/detection.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import {
  prepare,
  prepareOpening,
  type Preparation,
  type PrepareJob,
} from '../domain/requests/preparation.ts';
import type { RequestRules } from '../domain/requests/request-rules.ts';
import type { SafetyIdentifier } from '../domain/callers/safety-identifiers.ts';
import type { ToolPolicy } from '../domain/tools/tools.ts';
import type { ModelsSettings } from '../openai/prices.ts';
import type { ObjectOwner } from '../ports/store.ts';
import type { Guard } from './stage.ts';

export interface ParseDeps {
  readonly limiting: Limiting;
  readonly rules: RequestRules;
  readonly models: ModelsSettings;
  /** Undefined: no detector is asked. */
  readonly judged?: JudgedPart | undefined;
  readonly toolPolicyOf: (caller: Caller) => ToolPolicy;
  /** Undefined: names of caches go up as they are. */
  readonly cacheScope?: CacheScope;
  /** Undefined: upstream is told what callers say. */
  readonly safetyIdentifier?: SafetyIdentifier | undefined;
  /** Whether answers are looked through for the system text. */
  readonly printsPrompt?: boolean;
  /** Bodies above this go to `large`. */
  readonly inlineBytesMax: number;
  /** @throws rate.screening, guardrail.busy, guardrail.failed, request.* */
  readonly large: (job: PrepareJob, user: string) => Promise<Preparation>;
}

/** @throws request.*, rate.screening, guardrail.busy, guardrail.failed */
export function parse(deps: ParseDeps): Guard {
  return async function parse(exchange) {
    const { endpoint, arrival } = exchange;
    checkMediaType(exchange);
    const bytes =
      endpoint.body === 'none' ? await emptyBody(exchange) : await arrival.readBody(endpoint.bodyBytesMax);
    exchange.received = bytes.length > 0 ? bytes : undefined;
    exchange.prepared = await prepareWith(deps, exchange);
  };
}

/** Prepares the opening of a socket, which has no body. @throws request.* */
export function parseOpening(deps: ParseDeps): Guard {
  return function parseOpening(exchange) {
    exchange.prepared = prepareOpening(jobOf(deps, exchange, {}));
  };
}

/**
 * Prepares a call that continues others anew: on the placeholders that stand there, and priced by what those objects
 * are known to hold, instead of by all the model can take.
 * @throws request.* (request.invalid_field for a batch of a file that was not uploaded for one), guardrail.busy, guardrail.failed
 */
export function prepareChained(deps: ParseDeps): Guard {
  return function prepareChained(exchange) {
    const known = knownOf(exchange);
    const isKnown = known.chainedTokens !== undefined || known.chainedNano !== undefined;
    return isKnown || isContinued(exchange) || isMarked(exchange)
      ? prepareAgain(deps, exchange, known)
      : undefined;
  };
}

function knownOf(exchange: Exchange): Known {
  if (exchange.prepared.facts.chained.length === 0 || exchange.within?.tokens !== undefined) return {};
  const file = ownerBehind(exchange, 'input_file_id');
  // It came here for something else: nobody has read its lines as calls, nor said what they cost.
  if (file?.tokens !== undefined && file.nano === undefined)
    throw new Refusal('request.invalid_field', { param: 'input_file_id' });
  return { chainedTokens: chainedTokensOf(exchange), chainedNano: file?.nano };
}

/** Its tools are to be judged anew. */
function isMarked({ received, isTainted }: Exchange): boolean {
  return received !== undefined && isTainted;
}

/** There is something in the body that may have to be written otherwise than it was. */
function isContinued({ recalled, received }: Exchange): boolean {
  return received !== undefined && recalled !== undefined && (!!recalled.earlier || !recalled.isKnown);
}

/** What is known of the object in this field; undefined for whatever has no owner row. */
function ownerBehind({ prepared, owners }: Exchange, field: string): ObjectOwner | undefined {
  const pointers = [`/${field}`, `/${field}/id`];
  const id = prepared.references.find(({ pointer }) => pointers.includes(pointer))?.id;
  return owners.find((owner) => owner.id === id);
}

/** Prepares the call anew, with an output cap that this much money can pay. */
export type Reprice = (exchange: Exchange, remainingNano: number) => Promise<void>;

/** @throws budget.exceeded if it cannot buy a useful answer */
export function repriced(deps: ParseDeps): Reprice {
  return async (exchange, remainingNano) => {
    await prepareAgain(deps, exchange, { chainedTokens: chainedTokensOf(exchange), remainingNano });
    const { quoteRefusal } = exchange.prepared;
    if (quoteRefusal) throw new Refusal(quoteRefusal.code, quoteRefusal.options);
  };
}

/** Tokens of all objects that upstream adds to the input; undefined if one of them is not known. */
function chainedTokensOf(exchange: Exchange): number | undefined {
  const { within } = exchange;
  if (within?.tokens !== undefined) return within.tokens;
  const known = exchange.prepared.facts.chained.map((field) => ownerBehind(exchange, field)?.tokens);
  return known.includes(undefined)
    ? undefined
    : known.reduce<number>((sum, tokens) => sum + (tokens ?? 0), 0);
}

type Known = Pick<PrepareJob, 'chainedTokens' | 'chainedNano' | 'remainingNano'>;

async function prepareAgain(deps: ParseDeps, exchange: Exchange, known: Known): Promise<void> {
  exchange.prepared = withDetected(await prepareWith(deps, exchange, known), exchange.detected);
}

function prepareWith(
  deps: ParseDeps,
  exchange: Exchange,
  known: Known = {},
): Preparation | Promise<Preparation> {
  const { caller, received } = exchange;
  const job = jobOf(deps, exchange, known);
  return (received?.length ?? 0) > deps.inlineBytesMax ? deps.large(job, caller.user) : prepare(job);
}

function jobOf(
  deps: ParseDeps,
  { caller, match, received, arrival, recalled, within, isTainted }: Exchange,
  known: Known,
): PrepareJob {
  const policy = deps.limiting.screenPolicy(caller);
  return {
    endpointId: match.endpoint.id,
    params: match.params,
    query: match.query,
    contentType: arrival.headers['content-type'] ?? '',
    bytes: received,
    policy: recalled?.isKnown === false ? { ...policy, reversible: false } : policy,
    earlier: recalled?.earlier ?? within?.earlier,
    cacheScope: deps.cacheScope?.(caller),
    safetyIdentifier: deps.safetyIdentifier?.(caller),
    rules: deps.rules,
    parameters: deps.limiting.parameters(caller),
    tier: deps.limiting.tier(caller),
    keyTokensMax: caller.key?.maxTokensPerRequest,
    models: deps.models,
    judged: deps.judged,
    tools: deps.toolPolicyOf(caller),
    printsPrompt: deps.printsPrompt,
    pinned: within?.granted?.session,
    tainted: isTainted || undefined,
    sessionCap: within?.cap,
    chainedTokens: within?.tokens,
    ...known,
  };
}

/** A body where none belongs is read and must be empty (or an empty object, which some clients send). */
async function emptyBody(exchange: Exchange): Promise<Buffer> {
  const bytes = await exchange.arrival.readBody(1024);
  if (bytes.length > 0 && bytes.toString().trim() !== '{}') throw new Refusal('request.invalid_json');
  return Buffer.alloc(0);
}

const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;
const SDP_TYPE = /^application\/sdp\s*$/i;

/** What each row takes. */
const TYPES = {
  none: [],
  json: [JSON_TYPE],
  multipart: [MULTIPART_TYPE],
  either: [JSON_TYPE, MULTIPART_TYPE],
  sdp: [SDP_TYPE, MULTIPART_TYPE],
} as const;

/** @throws request.media_type for a type the row does not take, or an encoding that is not read */
function checkMediaType({ arrival: { headers }, endpoint }: Exchange): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal('request.media_type');
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (endpoint.body === 'none' || !hasBody) return;
  const type = headers['content-type'] ?? '';
  if (!TYPES[endpoint.body].some((pattern) => pattern.test(type))) throw new Refusal('request.media_type');
}
