/**
 * What a batch's file comes to, line by line, when it is uploaded: which calls upstream would make of it, the most they can
 * cost, and the output caps that make it so, written into the lines.
 */
import { type NanoUsd, NANO_USD_MAX } from '../../base/money.ts';
import type { MultipartBody } from '../../openai/body.ts';
import { batchLines, type BatchLine } from '../../openai/batch-lines.ts';
import { checkFields } from '../../openai/check-fields.ts';
import { Refusal } from '../../base/errors.ts';
import { tokenTexts } from '../../openai/given-tokens.ts';
import { readFacts } from '../../openai/facts.ts';
import { type Edit, setMember } from '../../openai/json-edit.ts';
import type { ModelsSettings } from '../../openai/prices.ts';
import { quote, type Quote } from '../limits/budgets.ts';
import { cacheEdits } from '../upstreams/cache-names.ts';
import { checkLineParameters, type ParameterPolicy } from '../limits/parameters.ts';
import type { OwnNames } from './rebuilding.ts';
import type { RequestRules } from './request-rules.ts';
import { safetyEdits } from '../callers/safety-identifiers.ts';
import type { Tier } from '../limits/tiers.ts';

/** A call that upstream will make of a line of a file. Plain data. */
export interface PlannedCall {
  readonly endpointId: string;
  readonly model: string | undefined;
}

export interface BatchPlan {
  /** Each kind of call once: they must be the caller's to make. */
  readonly calls: readonly PlannedCall[];
  /** Most that one run of the file costs; undefined for a form that is no batch. */
  readonly nano: NanoUsd | undefined;
  /** What is written into the lines, by part of the form; places count in the part's text. */
  readonly edits: ReadonlyMap<number, readonly Edit[]>;
}

interface Bounds extends OwnNames {
  readonly rules: RequestRules;
  readonly tier: Tier;
  readonly keyTokensMax: number | undefined;
  readonly models: ModelsSettings;
  readonly parameters?: readonly ParameterPolicy[] | undefined;
}

/** OpenAI, Batch API: half the price of the same calls made at once. */
const BATCH_PERCENT = 50;

/**
 * Each line is bounded as if it were called by itself.
 * @throws request.* for a line that would not be taken as a call of its own
 */
export function planBatch(form: MultipartBody, bounds: Bounds): BatchPlan {
  const lines = batchLines(form);
  const calls = new Map<string, PlannedCall>();
  const edits = new Map<number, Edit[]>();
  let nano = 0;
  for (const line of lines) {
    const { endpoint, body } = line;
    if (bounds.parameters) checkLineParameters(body, bounds.parameters, { endpoint, models: bounds.models });
    const facts = readFacts(endpoint, body);
    checkFields(endpoint, body, bounds.rules.unknownFields);
    // The texts of a file are its strings.
    if (tokenTexts(endpoint, body).length > 0) throw new Refusal('request.invalid_field', { param: 'file' });
    calls.set(`${endpoint.id} ${facts.model}`, { endpointId: endpoint.id, model: facts.model });
    const quoted = quote({ ...bounds, endpoint, facts });
    nano = Math.min(NANO_USD_MAX, nano + quoted.nano);
    const ofPart = edits.get(line.part) ?? [];
    ofPart.push(...capEdits(line, quoted), ...digestEdits(line, bounds));
    edits.set(line.part, ofPart);
  }
  const isBatch = lines.length > 0;
  return {
    calls: [...calls.values()],
    nano: isBatch ? Math.ceil((nano * BATCH_PERCENT) / 100) : undefined,
    edits,
  };
}

function capEdits({ document }: BatchLine, { capField, outputCap, setCap, maxToolCalls }: Quote): Edit[] {
  const members: [name: string, value: number][] = [];
  if (setCap && capField !== undefined && outputCap !== undefined) members.push([capField, outputCap]);
  if (maxToolCalls !== undefined) members.push(['max_tool_calls', maxToolCalls]);
  return members.map(([name, value]) => {
    const edit = setMember(document.body, ['body', name], String(value));
    return { start: document.at + edit.start, end: document.at + edit.end, text: edit.text };
  });
}

/** What callers name others by goes up as digests. */
function digestEdits(
  { endpoint, document: { body, at } }: BatchLine,
  { cacheScope, safetyIdentifier }: OwnNames,
): Edit[] {
  return [
    ...cacheEdits(body, ['body'], cacheScope),
    ...safetyEdits(endpoint, body, ['body'], safetyIdentifier),
  ].map(({ start, end, text }) => ({ start: at + start, end: at + end, text }));
}
