/**
 * What a request says that decides its cost, read from the strict parse: every field that costs is bounded or refused.
 * Of these fields alone the types are checked; a type that upstream might take in another way is never let through.
 */
import { Refusal } from '../base/errors.ts';
import type { Body, MultipartBody } from './body.ts';
import { askedSession } from './client-secret.ts';
import { isRecord } from './child.ts';
import type { Endpoint, RequestFacts } from './endpoint.ts';
import { readTools } from './hosted-tools.ts';
import { measureInput } from './input-parts.ts';
import { realtimeFacts } from './realtime-facts.ts';

export { HOSTED_TOOLS } from './hosted-tools.ts';

/** All names that an output cap has. */
const CAP_FIELDS = ['max_completion_tokens', 'max_output_tokens', 'max_tokens'] as const;
/** Larger counts are no wish, and their products would not be exact. */
const COUNT_MAX = 1_000_000_000;
/** The most choices that any operation gives. */
const CHOICES_MAX = 128;
const SECONDS_MAX = 3_600;
/** OpenAI, speech: from 0.25 to 4. */
const SPEED_MIN = 0.25;

const NOTHING: RequestFacts = {
  stream: false,
  includeUsage: false,
  n: 1,
  capFields: [],
  background: false,
  hostedTools: [],
  textBytes: 0,
  images: 0,
  audioBytes: 0,
  fileBytes: 0,
  chained: [],
  keeps: true,
};

/**
 * The facts of a request. `null` is as good as absent. Where several names cap the output, the largest counts;
 * several prompts multiply the choices. `chained` has every reference to input whose length is not in the body.
 * @throws request.missing_model request.invalid_field (`param` says which)
 */
export function readFacts(endpoint: Endpoint, body: Body | undefined): RequestFacts {
  if (!body) {
    if (endpoint.model === 'required') throw new Refusal('request.missing_model', { param: 'model' });
    return NOTHING;
  }
  if (endpoint.grants) return { ...NOTHING, model: grantedModel(endpoint, body) };
  if (endpoint.shape === 'realtime') return { ...NOTHING, ...realtimeFacts(body) };
  const fields = body.kind === 'json' ? jsonFields(body.value) : formFields(body);
  const common = { model: readModel(endpoint, fields), stream: readStream(endpoint, fields) };
  const input = body.kind === 'json' ? jsonInput(endpoint, fields, body.source) : formInput(endpoint, body);
  if (endpoint.cost === 'free' || endpoint.cost === 'unpriced')
    return { ...NOTHING, ...common, ...input.facts };
  const { prompts } = input;
  return {
    ...NOTHING,
    ...common,
    ...input.facts,
    ...readCaps(endpoint, fields),
    ...readTurn(endpoint, fields, input.facts.chained ?? []),
    n:
      prompts *
      Math.max(1, fields.count('n', 1, CHOICES_MAX) ?? 1, fields.count('best_of', 0, CHOICES_MAX) ?? 1),
    includeUsage: readIncludeUsage(fields),
    serviceTier: fields.text('service_tier'),
    // Chat stores only when asked to, Responses unless asked not to; what a socket made can be gone on with over it.
    keeps: endpoint.method === 'WEBSOCKET' || (fields.flag('store') ?? endpoint.shape !== 'chat'),
    event: endpoint.method === 'WEBSOCKET' ? readEvent(endpoint, fields) : undefined,
    ...(endpoint.shape === 'prompt' && {
      size: fields.text('size'),
      quality: fields.text('quality'),
      seconds: fields.seconds(),
    }),
  };
}

/** The model of the session that a secret is asked for. */
function grantedModel(endpoint: Endpoint, body: Body): string | undefined {
  const { model } = askedSession(endpoint, body.kind === 'json' ? body.value : undefined).session;
  return typeof model === 'string' ? model : undefined;
}

/** Where upstream chooses a model itself (a stored prompt's, a default), its price is nobody's to know. */
function readModel(endpoint: Endpoint, fields: Fields): string | undefined {
  const model = fields.text('model');
  if (model === '' || (model === undefined && endpoint.model === 'required'))
    throw new Refusal('request.missing_model', { param: 'model' });
  return model;
}

/** @throws request.invalid_field for an event of another type than the operation knows */
function readEvent(endpoint: Endpoint, fields: Fields): string | undefined {
  const type = fields.text('type');
  if (endpoint.path === '/responses' && type !== 'response.create') throw invalid('type');
  return type;
}

function readStream(endpoint: Endpoint, fields: Fields): boolean {
  const asked = fields.flag('stream') ?? false;
  const events = endpoint.path === '/audio/speech' && fields.text('stream_format') === 'sse';
  return endpoint.streams && (asked || events);
}

function readIncludeUsage(fields: Fields): boolean {
  const options = fields.get('stream_options');
  if (options === undefined) return false;
  if (!isRecord(options)) throw invalid('stream_options');
  const asked = options['include_usage'] ?? false;
  if (typeof asked !== 'boolean') throw invalid('stream_options.include_usage');
  return asked;
}

function readCaps(endpoint: Endpoint, fields: Fields): Pick<RequestFacts, 'outputCap' | 'capFields'> {
  const capFields: string[] = [];
  let [least, most] = [COUNT_MAX, 0];
  for (const name of CAP_FIELDS) {
    const cap = fields.count(name, 0, COUNT_MAX);
    if (cap === undefined) continue;
    // First whatever bounds the answer: what is refused is told by its name.
    if (cap > most) capFields.unshift(name);
    else capFields.push(name);
    least = Math.min(least, cap);
    most = Math.max(most, cap);
  }
  if (capFields.length === 0) return { capFields };
  // Only completions have a use for no output, to have the prompt scored; elsewhere 0 is no cap to rely on.
  return { outputCap: least === 0 && endpoint.shape !== 'completion' ? 0 : most, capFields };
}

type Turn = Pick<RequestFacts, 'background' | 'maxToolCalls' | 'chained'>;

/** What only Responses has; `background` and `prompt` mean something else for pictures. */
function readTurn(endpoint: Endpoint, fields: Fields, referred: readonly string[]): Turn {
  // A batch runs what its file holds.
  if (endpoint.id === 'batches.create') return { background: false, chained: ['input_file_id'] };
  if (endpoint.shape !== 'responses') return { background: false, chained: referred };
  const before = fields.text('previous_response_id') !== undefined ? ['previous_response_id'] : [];
  const chained = [
    ...before,
    ...fields.reference('conversation', true),
    ...fields.reference('prompt', false),
  ];
  return {
    background: fields.flag('background') ?? false,
    maxToolCalls: fields.count('max_tool_calls', 0, COUNT_MAX),
    chained: [...chained, ...referred],
  };
}

interface Input {
  readonly facts: Partial<RequestFacts>;
  readonly prompts: number;
}

function jsonInput(endpoint: Endpoint, fields: Fields, source: string): Input {
  const { values } = fields;
  const parts = measureInput(values);
  const priced = endpoint.cost !== 'free' && endpoint.cost !== 'unpriced';
  const tools = priced ? readTools(values) : { hosted: [], count: 0 };
  const pictures = endpoint.path.startsWith('/images/') ? countPictures(values) : 0;
  const spoken = endpoint.path === '/audio/speech' ? fields.text('input') : undefined;
  const facts = {
    // No token is shorter than a byte, and no string longer than its token in the source.
    textBytes: Buffer.byteLength(source) - parts.opaqueChars,
    images: Math.max(parts.images, pictures),
    audioBytes: parts.audioBytes,
    fileBytes: parts.fileBytes,
    messages: parts.messages + tools.count,
    givenTokens: parts.givenTokens,
    chained: [...parts.chained],
    hostedTools: tools.hosted,
    memory: tools.memory,
    ...(spoken !== undefined && { textChars: spoken.length }),
    ...(endpoint.shape === 'chat' && { predictedTokens: predicted(fields.get('prediction')) }),
    ...(endpoint.path === '/audio/speech' && { speed: fields.speed() }),
  };
  return { facts, prompts: endpoint.shape === 'completion' ? parts.prompts : 1 };
}

/** No token is shorter than a byte. */
function predicted(prediction: unknown): number {
  return prediction === undefined ? 0 : Buffer.byteLength(JSON.stringify(prediction));
}

/** Pictures to be edited, by URL or by id. */
function countPictures(values: Values): number {
  const { images, image, mask } = values;
  const several = Array.isArray(images) ? images.length : 0;
  return several + [image, mask].filter((one) => one !== undefined && one !== null).length;
}

function formInput(endpoint: Endpoint, { parts }: MultipartBody): Input {
  const facts = { textBytes: 0, images: 0, audioBytes: 0, fileBytes: 0 };
  for (const part of parts) {
    facts.textBytes += Buffer.byteLength(part.name);
    if ('value' in part) facts.textBytes += Buffer.byteLength(part.value);
    else if (endpoint.path.startsWith('/images/')) facts.images++;
    else if (endpoint.path.startsWith('/audio/')) facts.audioBytes += part.bytes.length;
    else facts.fileBytes += part.bytes.length;
  }
  return { facts, prompts: 1 };
}

type Values = Readonly<Record<string, unknown>>;

function jsonFields(value: unknown): Fields {
  if (!isRecord(value)) throw new Refusal('request.invalid_field');
  return new Fields(value, false);
}

/** A field in brackets (`model[]`) is an array or an object to upstream: never a scalar of the same name. */
function formFields({ parts }: MultipartBody): Fields {
  const values = new Map<string, unknown>();
  for (const part of parts) {
    const bracket = part.name.indexOf('[');
    if (bracket >= 0) values.set(part.name.slice(0, bracket), []);
    else if (!values.has(part.name)) values.set(part.name, 'value' in part ? part.value : part.bytes);
  }
  return new Fields(Object.fromEntries(values), true);
}

class Fields {
  readonly values: Values;
  /** Numbers and truth values are written as text. */
  private readonly form: boolean;
  constructor(values: Values, form: boolean) {
    this.values = values;
    this.form = form;
  }

  /** Undefined for null as well. */
  get(name: string): unknown {
    return Object.hasOwn(this.values, name) ? (this.values[name] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value !== undefined && typeof value !== 'string') throw invalid(name);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    if (this.form && (value === 'true' || value === 'false')) return value === 'true';
    if (value !== undefined && typeof value !== 'boolean') throw invalid(name);
    return value;
  }

  count(name: string, least: number, most: number): number | undefined {
    const given = this.get(name);
    const value = this.form && typeof given === 'string' ? fromDigits(given) : given;
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || typeof value !== 'number' || value < least || value > most)
      throw invalid(name);
    return value;
  }

  /** Videos give their length as text, in JSON too. */
  seconds(): number | undefined {
    const given = this.get('seconds');
    const value = typeof given === 'string' ? fromDigits(given) : given;
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || typeof value !== 'number' || value < 1 || value > SECONDS_MAX)
      throw invalid('seconds');
    return value;
  }

  /** At most 1, since only what is slow is long. */
  speed(): number {
    const value = this.get('speed') ?? 1;
    if (typeof value !== 'number' || value < SPEED_MIN) throw invalid('speed');
    return Math.min(1, value);
  }

  /** The name of a field that refers to an object by `{ id }`, or by the id alone where that is allowed. */
  reference(name: string, bare: boolean): string[] {
    const value = this.get(name);
    if (value === undefined) return [];
    const id = isRecord(value) ? value['id'] : bare ? value : undefined;
    if (typeof id !== 'string') throw invalid(name);
    return [name];
  }
}

function fromDigits(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}

function invalid(param: string): Refusal {
  return new Refusal('request.invalid_field', { param });
}
