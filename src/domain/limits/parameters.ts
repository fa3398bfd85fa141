/**
 * What an operator allows in the parameters of a call: values that are forced, forbidden, bounded. Forced ones are spliced
 * into the body before anything is read of it, so that texts, price and what is sent are of one and the same body. All
 * policies of a caller hold (house, tier, team): a narrower one never loosens another.
 */
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import type { Body, JsonBody } from '../../openai/body.ts';
import { child, isRecord } from '../../openai/child.ts';
import type { Endpoint } from '../../openai/endpoint.ts';
import { type Edit, quote, setMember, splice } from '../../openai/json-edit.ts';
import { parseJson } from '../../openai/json.ts';
import { findPrice, type ModelsSettings } from '../../openai/prices.ts';

/** From least to most. */
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
/** What a reasoning model takes where nothing is said is no more than this on most of them. */
const USUAL_EFFORT = EFFORTS.indexOf('medium');
/** OpenAI's description of Realtime: `low` where nothing is said, and nothing below `minimal`. */
const LIVE_EFFORT = EFFORTS.indexOf('low');
const LIVE_EFFORT_MIN = EFFORTS.indexOf('minimal');

const flag = z.union([z.literal('forbid'), z.strictObject({ force: z.boolean() })]);
const word = z.string().regex(/^[a-z0-9_.-]{1,64}$/);

/** `parameters` of the house, a tier, a team. What is left out is the caller's choice. */
export const parametersSchema = z.strictObject({
  store: flag.optional(),
  background: flag.optional(),
  /** A call that names none has `auto`. */
  service_tier: z
    .strictObject({ allow: z.array(word).min(1).optional(), force: word.optional() })
    .refine(({ allow, force }) => force === undefined || !allow || allow.includes(force), {
      message: 'force must be allowed',
    })
    .optional(),
  /** Of `n` and `best_of`. */
  n: z.strictObject({ max: z.int().min(1).max(128) }).optional(),
  temperature: z.strictObject({ max: z.number().min(0).max(2) }).optional(),
  /** `*`: none may be asked for. */
  include: z.strictObject({ deny: z.array(z.string().min(1).max(128)).min(1) }).optional(),
  /** An effort that is not known is over it. Below `medium` it is written into calls of reasoning models that name none. */
  reasoning: z.strictObject({ max: z.enum(EFFORTS) }).optional(),
});
/** One policy after its schema. Plain data: it travels to a worker. */
export type ParameterPolicy = z.infer<typeof parametersSchema>;

/** The operations whose calls have these parameters at all; elsewhere none is written, and what is there is checked. */
const STORED_BY_DEFAULT: Readonly<Record<string, boolean>> = {
  'chat.completions.create': false,
  'responses.create': true,
  'sockets.responses': true,
};

type Query = readonly (readonly [string, string])[];

/** What the policies speak of. */
export interface Parametrised {
  readonly endpoint: Endpoint;
  readonly query: Query;
  readonly models: ModelsSettings;
}

/** A body as the policies leave it. */
export interface Ruled {
  readonly body: Body | undefined;
  /** New ones where something was changed. */
  readonly bytes: Uint8Array | undefined;
  /** Names of the parameters that were changed, in the order of the schema; none: undefined. */
  readonly changed: readonly string[] | undefined;
}

/**
 * The call after all policies. @param policies house first, whose forced values count most
 * @throws request.parameter with `param`
 */
export function applyParameters(
  given: Pick<Ruled, 'body' | 'bytes'>,
  policies: readonly ParameterPolicy[],
  call: Parametrised,
): Ruled {
  const { body } = given;
  const forced = body?.kind === 'json' ? forcedIn(body.value, policies, call) : [];
  const ruled = body?.kind === 'json' && forced.length > 0 ? written(body, forced) : given;
  checkParameters(ruled.body, policies, call);
  return { ...ruled, changed: forced.length > 0 ? forced.map(({ at }) => at.join('.')) : undefined };
}

/**
 * A line of a batch, which is refused where a call of its own would be rewritten: the caller keeps the file, and the line
 * in it must be the one that runs.
 * @throws request.parameter with `param`: `file`
 */
export function checkLineParameters(
  body: JsonBody,
  policies: readonly ParameterPolicy[],
  call: Omit<Parametrised, 'query'>,
): void {
  const line = { ...call, query: [] };
  if (forcedIn(body.value, policies, line).length > 0) throw refused('file');
  try {
    checkParameters(body, policies, line);
  } catch (error) {
    throw error instanceof Refusal ? refused('file') : error;
  }
}

interface Forced {
  readonly at: readonly string[];
  readonly value: string | boolean;
}

/** What the policies write, where the call says something else or nothing. */
function forcedIn(value: unknown, policies: readonly ParameterPolicy[], call: Parametrised): Forced[] {
  const { id } = call.endpoint;
  if (call.endpoint.shape === 'realtime') return forcedLive(value, policies, call);
  if (!Object.hasOwn(STORED_BY_DEFAULT, id) || !isRecord(value)) return [];
  // By name: the first policy that speaks of it decides, also where the call says just that already.
  const decided = new Map<string, Forced>();
  const force = (at: readonly string[], wanted: string | boolean): void => {
    const [name = ''] = at;
    if (!decided.has(name)) decided.set(name, { at, value: wanted });
  };
  for (const { store, background, service_tier: tier } of policies) {
    if (typeof store === 'object') force(['store'], store.force);
    if (typeof background === 'object' && id !== 'chat.completions.create')
      force(['background'], background.force);
    if (tier?.force !== undefined) force(['service_tier'], tier.force);
  }
  const effort = unsaidEffort(value, policies, call);
  if (effort)
    force(id === 'chat.completions.create' ? ['reasoning_effort'] : ['reasoning', 'effort'], effort);
  return [...decided.values()].filter(({ at, value: wanted }) => at.reduce<unknown>(child, value) !== wanted);
}

/** Of an answer in a live session alone: what the session was set to is checked where it is set. */
function forcedLive(value: unknown, policies: readonly ParameterPolicy[], call: Parametrised): Forced[] {
  const { within, values } = settingsIn(value, call.endpoint);
  const least = leastEffort(policies);
  const model = call.query.find(([name]) => name === 'model')?.[1];
  if (within !== 'response.' || least >= LIVE_EFFORT || effortsIn(values).length > 0) return [];
  if (model === undefined || !findPrice(model, call.models)?.reasoning) return [];
  const effort = EFFORTS[Math.max(least, LIVE_EFFORT_MIN)] ?? 'minimal';
  return [{ at: ['response', 'reasoning', 'effort'], value: effort }];
}

/** Where a body has its parameters: an event of a live session in its settings, or in what it asks of one answer. */
function settingsIn(
  value: unknown,
  { shape }: Endpoint,
): { readonly within: string; readonly values: unknown } {
  const type = shape === 'realtime' ? child(value, 'type') : undefined;
  if (type === 'response.create') return { within: 'response.', values: child(value, 'response') };
  return type === 'session.update'
    ? { within: 'session.', values: child(value, 'session') }
    : { within: '', values: value };
}

function leastEffort(policies: readonly ParameterPolicy[]): number {
  return Math.min(...policies.map(({ reasoning }) => rankOf(reasoning?.max)));
}

function unsaidEffort(
  value: unknown,
  policies: readonly ParameterPolicy[],
  { models }: Parametrised,
): string | undefined {
  if (effortsIn(value).length > 0) return undefined;
  const least = leastEffort(policies);
  if (least >= USUAL_EFFORT) return undefined;
  const model = child(value, 'model');
  const reasons = typeof model === 'string' && findPrice(model, models)?.reasoning;
  return reasons ? EFFORTS[least] : undefined;
}

function rankOf(effort: string | undefined): number {
  const rank = EFFORTS.findIndex((known) => known === effort);
  return rank < 0 ? Infinity : rank;
}

/** Efforts that a call names, and where: chat and Responses write them differently. */
function effortsIn(value: unknown): readonly { readonly param: string; readonly effort: unknown }[] {
  return [
    { param: 'reasoning_effort', effort: child(value, 'reasoning_effort') },
    { param: 'reasoning.effort', effort: child(child(value, 'reasoning'), 'effort') },
  ].filter(({ effort }) => effort !== undefined && effort !== null);
}

/** Where models are run for evaluation or as graders; graders stand within graders. */
const SAMPLING: ReadonlySet<string> = new Set(['evals', 'fine_tuning']);

function sampledEfforts(value: unknown, { group }: Endpoint): { param: string; effort: unknown }[] {
  if (!SAMPLING.has(group.split('.')[0] ?? '')) return [];
  const found: { param: string; effort: unknown }[] = [];
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const effort = child(child(next, 'sampling_params'), 'reasoning_effort');
    if (effort !== undefined && effort !== null)
      found.push({ param: 'sampling_params.reasoning_effort', effort });
    waiting.push(...Object.values(next));
  }
  return found;
}

function written(body: JsonBody, forced: readonly Forced[]): Pick<Ruled, 'body' | 'bytes'> {
  const isEmpty = isRecord(body.value) && Object.keys(body.value).length === 0;
  const whole = Object.fromEntries(
    forced.map(({ at: [name = '', inner], value }) => [
      name,
      inner === undefined ? value : { [inner]: value },
    ]),
  );
  const edits: Edit[] = forced.map(({ at, value }) =>
    setMember(body, at, typeof value === 'string' ? quote(value) : String(value)),
  );
  // Two new members of an object that was empty would overlap.
  const source = isEmpty
    ? JSON.stringify(whole)
    : splice(
        body.source,
        edits.sort((a, b) => a.start - b.start),
      );
  const bytes = Buffer.from(source);
  return { body: parseJson(bytes), bytes };
}

/** @throws request.parameter */
function checkParameters(
  body: Body | undefined,
  policies: readonly ParameterPolicy[],
  call: Parametrised,
): void {
  const { within, values } =
    body?.kind === 'json' ? settingsIn(body.value, call.endpoint) : { within: '', values: fieldsOf(body) };
  for (const policy of policies) {
    if (policy.include) checkIncluded(policy.include.deny, child(values, 'include'), call.query);
    if (!isRecord(values)) continue;
    checkFlags(policy, values, call.endpoint);
    checkTier(policy, values, call.endpoint);
    checkMost('n', values['n'], policy.n?.max);
    checkMost('best_of', values['best_of'], policy.n?.max);
    checkMost(`${within}temperature`, values['temperature'], policy.temperature?.max);
    if (!policy.reasoning) continue;
    const most = rankOf(policy.reasoning.max);
    for (const { param, effort } of [...effortsIn(values), ...sampledEfforts(values, call.endpoint)]) {
      if (typeof effort !== 'string' || rankOf(effort) > most) throw refused(`${within}${param}`);
    }
  }
}

type Values = Readonly<Record<string, unknown>>;

/** The plain fields of a form: numbers are written as text. */
function fieldsOf(body: Body | undefined): Values | undefined {
  if (body?.kind !== 'multipart') return undefined;
  const values = new Map<string, unknown>();
  for (const part of body.parts) {
    if ('value' in part)
      values.set(part.name, /^-?\d+(\.\d+)?$/.test(part.value) ? Number(part.value) : part.value);
  }
  return Object.fromEntries(values);
}

/** Forbidden is everything but the word no, and silence where silence means yes. */
function checkFlags({ store, background }: ParameterPolicy, values: Values, { id, shape }: Endpoint): void {
  const says = (name: string, unsaid: boolean): boolean => (values[name] ?? unsaid) !== false;
  const unsaid = Object.hasOwn(STORED_BY_DEFAULT, id) && STORED_BY_DEFAULT[id] === true;
  if (store === 'forbid' && says('store', unsaid)) throw refused('store');
  // Of pictures it is a colour.
  if (background === 'forbid' && shape === 'responses' && says('background', false))
    throw refused('background');
}

function checkTier({ service_tier: rule }: ParameterPolicy, values: Values, { id }: Endpoint): void {
  if (!rule?.allow) return;
  const named = values['service_tier'] ?? (Object.hasOwn(STORED_BY_DEFAULT, id) ? 'auto' : undefined);
  if (named !== undefined && !rule.allow.some((tier) => tier === named)) throw refused('service_tier');
}

function checkMost(param: string, value: unknown, most: number | undefined): void {
  if (most === undefined || value === undefined || value === null) return;
  if (typeof value !== 'number' || value > most) throw refused(param);
}

function checkIncluded(deny: readonly string[], asked: unknown, query: Query): void {
  const ofBody: readonly unknown[] = Array.isArray(asked) ? asked : asked == null ? [] : [asked];
  const ofQuery = query.flatMap(([name, value]) => (/^include(\[.*\])?$/.test(name) ? value.split(',') : []));
  const isDenied = (entry: unknown): boolean => deny.includes('*') || deny.some((one) => one === entry);
  if ([...ofBody, ...ofQuery].some(isDenied)) throw refused('include');
}

function refused(param: string): Refusal {
  return new Refusal('request.parameter', { param });
}
