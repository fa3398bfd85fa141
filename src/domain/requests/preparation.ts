/**
 * Everything that follows from the bytes of a request and the rules for its caller: read, screened, priced, and the
 * bytes that may go upstream. A pure function of plain data, so that large bodies run in a worker, small ones inline.
 */
import { countFindings, type FindingCounts, type GuardrailId } from '../../base/finding.ts';
import { asRefusal, Refusal, type Code, type RefusalOptions } from '../../base/errors.ts';
import { promptPrints } from '../../guardrails/leak.ts';
import {
  type ChainPlaceholders,
  namedIn,
  QUOTED_MAX,
  type VaultEntry,
} from '../../guardrails/placeholders.ts';
import { screen, type Screening, type ScreenPolicy } from '../../guardrails/screening.ts';
import type { Body, Text } from '../../openai/body.ts';
import type { Endpoint, RequestFacts } from '../../openai/endpoint.ts';
import { checkFields } from '../../openai/check-fields.ts';
import { child } from '../../openai/child.ts';
import { endpointOf } from '../../openai/endpoints/index.ts';
import { readFacts } from '../../openai/facts.ts';
import { tokenTexts } from '../../openai/given-tokens.ts';
import { findReferences, findUrls } from '../../openai/objects.ts';
import { checkPurpose, joinsPieces, unreadIn } from '../../openai/parts.ts';
import type { ModelsSettings } from '../../openai/prices.ts';
import { ofSession } from '../../openai/realtime-facts.ts';
import { checkPins } from '../../openai/realtime-pins.ts';
import { findTargetTexts, findTexts, systemTexts } from '../../openai/texts.ts';
import { countTokens } from '../../openai/tokens.ts';
import { type PlannedCall, planBatch } from './batch.ts';
import { quote, type Quote } from '../limits/budgets.ts';
import { type JudgedPart, type JudgedShare, textsToJudge } from './detection.ts';
import { policyAt } from './elsewhere.ts';
import { canBeContinued } from '../placeholders/chained-placeholders.ts';
import type { Reference } from '../objects/objects.ts';
import { asSent, countedTexts } from '../placeholders/placeholder-hint.ts';
import { type Built, hasUsageChunk, type OwnNames, rebuild } from './rebuilding.ts';
import type { ParameterPolicy } from '../limits/parameters.ts';
import { readRuled, sessionDescription } from './reading.ts';
import { checkTexts, type RequestRules } from './request-rules.ts';
import type { Tier } from '../limits/tiers.ts';
import { bringResults, checkRequestTools, type ToolFault } from '../tools/request-tools.ts';
import type { ToolPolicy } from '../tools/tools.ts';

/** Plain data only: it travels to a worker. */
export interface PrepareJob extends OwnNames {
  readonly endpointId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly contentType: string;
  readonly bytes: Uint8Array | undefined;
  readonly policy: ScreenPolicy;
  readonly rules: RequestRules;
  readonly tier: Tier;
  readonly keyTokensMax: number | undefined;
  readonly models: ModelsSettings;
  readonly tools: ToolPolicy;
  /** House first; left out where nobody has any. */
  readonly parameters?: readonly ParameterPolicy[] | undefined;
  /** Tokens of the objects that upstream adds to the input, where all of them are known. */
  readonly chainedTokens?: number | undefined;
  /** Most that the file of a batch can cost, where it is known. */
  readonly chainedNano?: number | undefined;
  /** What stands upstream already in what the call continues, if anything does. */
  readonly earlier?: ChainPlaceholders | undefined;
  /** What the call goes on from is tainted. */
  readonly tainted?: boolean | undefined;
  /** The output cap of the session that an event is of, where it has one. */
  readonly sessionCap?: number | undefined;
  /** What events of the session may not widen. */
  readonly pinned?: Readonly<Record<string, unknown>> | undefined;
  /** What of the texts a detector is to be shown; left out where there is none. */
  readonly judged?: JudgedPart | undefined;
  /** What the tightest budget has left, if an output cap of ours would ask for more. */
  readonly remainingNano?: number | undefined;
  /** Whether the answer is looked through for the system text. */
  readonly printsPrompt?: boolean | undefined;
}

/** A refusal as plain data. */
export interface RefusalData {
  readonly code: Code;
  readonly options: RefusalOptions;
}

/** What a body comes to. Plain data and small, as it crosses threads; never changed, only made anew. */
export interface Preparation {
  readonly facts: RequestFacts;
  readonly references: readonly Reference[];
  readonly urls: readonly { readonly url: string; readonly pointer: string }[];
  /** Why the caller may not have these tools, if so. */
  readonly toolFault: ToolFault | undefined;
  /** It declares a tool whose calls are held for approval. */
  readonly holdsCalls?: boolean | undefined;
  /** The calls that a batch's file holds, each kind once: they must be the caller's to make. */
  readonly calls: readonly PlannedCall[];
  /** Most that one run of the batch costs whose file this is. */
  readonly batchNano: number | undefined;
  readonly findings: FindingCounts | undefined;
  readonly blockedBy: GuardrailId | undefined;
  /** Findings that stop the call, or would: then nothing blocks. Left out where there are none. */
  readonly stops?: FindingCounts | undefined;
  readonly tainted: boolean;
  /** Placeholder → original, for the answer. */
  readonly placeholders: readonly VaultEntry[];
  /** What stands upstream after the call, where it can be continued. */
  readonly chain: ChainPlaceholders | undefined;
  readonly redactions: number;
  /** What a detector is shown; undefined where there is none. */
  readonly judged: JudgedShare | undefined;
  /** What the call may cost, or why it may not be made at all. */
  readonly quote: Quote | undefined;
  readonly quoteRefusal: RefusalData | undefined;
  /** What goes upstream; the caller's own bytes where nothing had to change. */
  readonly bytes: Uint8Array | undefined;
  readonly contentType: string | undefined;
  readonly hideUsage: boolean;
  /** Names of the parameters that the policy wrote, if it did. */
  readonly parameters?: readonly string[] | undefined;
  /** What the system text is known by in an answer, where that is looked for. */
  readonly prints: Uint32Array | undefined;
}

/** @throws request.* for a body that has not exactly one reading, or breaks the operator's rules */
export function prepare(job: PrepareJob): Preparation {
  const endpoint = endpointOf(job.endpointId);
  if (!endpoint) throw new Refusal('access.unknown_operation');
  const { body, bytes, changed } = readRuled(endpoint, job);
  const facts = ofSession(readFacts(endpoint, body), endpoint, job);
  checkBody(endpoint, body, job);
  const unread = countUnread(endpoint, body, job.rules);
  const batch = body?.kind === 'multipart' ? planBatch(body, job) : undefined;
  const { written, given, texts } = textsOf(endpoint, body, job);
  checkTexts(texts, job.rules);
  const above = facts.hostedTools.some((type) => QUOTING.has(type)) ? QUOTED_MAX : 0;
  const screening = screen(texts, policyAt(endpoint, job.policy), job.earlier, above);
  const sent = asSent(facts, texts, screening);
  const { quoted, quoteRefusal } = price(endpoint, sent, countedTexts(written, screening), job);
  const tainted = screening.taint || job.tainted === true || bringResults(texts, job.tools);
  const tools = checkRequestTools(body, job.tools, tainted);
  const rebuilding = { endpoint, names: job, texts, given, screening, facts, quoted, batch, tools };
  const built = body ? rebuild(body, rebuilding, bytes) : asItCame(job);
  return {
    facts,
    references: findReferences(endpoint, job.params, body, job.query),
    urls: body ? findUrls(body) : [],
    toolFault: tools.fault,
    holdsCalls: tools.holdsCalls,
    calls: batch?.calls ?? [],
    batchNano: batch?.nano,
    findings: withUnread(countFindings(screening.findings), unread, job.rules),
    blockedBy: screening.block,
    stops: stopsIn(screening),
    tainted,
    placeholders: screening.placeholders,
    chain: isKept(endpoint, facts) ? chainAfter(texts, screening) : undefined,
    redactions: screening.rewrites.length,
    judged: job.judged && textsToJudge(texts, screening, job.judged),
    quote: quoted,
    quoteRefusal,
    bytes: built?.bytes,
    contentType: built?.contentType,
    parameters: changed,
    hideUsage: facts.stream && hasUsageChunk(endpoint) && !facts.includeUsage,
    prints: job.printsPrompt ? promptPrints(systemTexts(written)) : undefined,
  };
}

/** Tools of upstream's that read files to the model, which hold placeholders of their own. */
const QUOTING: ReadonlySet<string> = new Set(['file_search', 'code_interpreter', 'shell']);

/** What may stand in it at all. @throws request.* */
function checkBody(endpoint: Endpoint, body: Body | undefined, { rules, pinned }: PrepareJob): void {
  checkFields(endpoint, body, rules.unknownFields);
  if (body?.kind !== 'json') return;
  if (pinned) checkPins(body.value, pinned);
  checkPurpose(endpoint, child(body.value, 'purpose'));
}

/** All that is said in a call, and what of it was given as tokens: the last of all. */
function textsOf(
  endpoint: Endpoint,
  body: Body | undefined,
  job: PrepareJob,
): { readonly written: readonly Text[]; readonly given: readonly Text[]; readonly texts: readonly Text[] } {
  const { params, query } = job;
  const ofBody = body ? findTexts(endpoint, body) : [];
  // After those of the body, so that their indexes stay what they are.
  const written = [
    ...ofBody,
    ...findTargetTexts({ endpoint, params, query }),
    ...(body ? [] : sessionDescription(job)),
  ];
  const given = tokenTexts(endpoint, body);
  return { written, given, texts: given.length > 0 ? [...written, ...given] : written };
}

/** Whether what the call says can be gone on from. */
function isKept(endpoint: Endpoint, { keeps, chained }: RequestFacts): boolean {
  return (keeps || chained.length > 0) && (canBeContinued(endpoint) || endpoint.shape === 'realtime');
}

/** Names that the texts hold by themselves stand upstream as well. */
function chainAfter(texts: readonly Text[], { chain, block }: Screening): ChainPlaceholders | undefined {
  return block ? undefined : (chain ?? namedIn(texts));
}

/** What the opening of a socket comes to, which says nothing but its target. @throws request.* */
export function prepareOpening(job: PrepareJob): Preparation {
  const endpoint = endpointOf(job.endpointId);
  if (!endpoint) throw new Refusal('access.unknown_operation');
  const { params, query } = job;
  const texts = findTargetTexts({ endpoint, params, query });
  checkTexts(texts, job.rules);
  const screening = screen(texts, policyAt(endpoint, job.policy));
  const model = query.find(([key]) => key === 'model')?.[1];
  if (endpoint.shape === 'realtime' && !model) throw new Refusal('request.missing_model', { param: 'model' });
  return {
    ...NOTHING,
    facts: { ...readFacts(endpoint, undefined), model },
    references: findReferences(endpoint, params, undefined, query),
    findings: countFindings(screening.findings),
    blockedBy: screening.block,
    stops: stopsIn(screening),
  };
}

/** Undefined as nearly always. */
function stopsIn({ findings }: Screening): FindingCounts | undefined {
  if (findings.length === 0) return undefined;
  return countFindings(findings.filter(({ outcome }) => outcome === 'blocked' || outcome === 'spared'));
}

const NOTHING = {
  urls: [],
  toolFault: undefined,
  calls: [],
  batchNano: undefined,
  tainted: false,
  placeholders: [],
  chain: undefined,
  redactions: 0,
  judged: undefined,
  quote: undefined,
  quoteRefusal: undefined,
  bytes: undefined,
  contentType: undefined,
  hideUsage: false,
  prints: undefined,
} as const;

/** Files that are relayed though nobody read them. @throws request.unread_file */
function countUnread(
  endpoint: Endpoint,
  body: Body | undefined,
  { unreadFiles: rule }: RequestRules,
): number {
  if (!body) return 0;
  if (body.kind === 'json') return Number(joinsPieces(endpoint, child(body.value, 'part_ids'), rule));
  return unreadIn(body);
}

/** A finding each where they are put on record. */
function withUnread(
  counts: FindingCounts | undefined,
  unread: number,
  { unreadFiles }: RequestRules,
): FindingCounts | undefined {
  return unread === 0 || unreadFiles !== 'flag' ? counts : { ...counts, 'files:unread': unread };
}

function price(
  endpoint: Endpoint,
  facts: RequestFacts,
  counted: readonly string[],
  job: PrepareJob,
): { quoted: Quote | undefined; quoteRefusal: RefusalData | undefined } {
  try {
    const quoted = quote({
      endpoint,
      facts,
      tier: job.tier,
      keyTokensMax: job.keyTokensMax,
      models: job.models,
      chainedTokens: job.chainedTokens,
      chainedNano: job.chainedNano,
      remainingNano: job.remainingNano,
      tokenCount: (encoding) => (facts.givenTokens ?? 0) + countTokens(counted, encoding),
    });
    return { quoted, quoteRefusal: undefined };
  } catch (error) {
    const { code, options } = asRefusal(error);
    if (code === 'gateway.fault') throw error;
    return { quoted: undefined, quoteRefusal: { code, options } };
  }
}

function asItCame({ bytes, contentType }: PrepareJob): Built | undefined {
  return bytes && { bytes, contentType };
}
