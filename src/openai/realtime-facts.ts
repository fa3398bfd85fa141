/**
 * What an event of a live session's caller says that decides what the session costs. What would cost without a bound, or by
 * another model, is refused: transcription, stored prompts, servers that upstream calls.
 */
import { Refusal } from '../base/errors.ts';
import type { Body } from './body.ts';
import { child, isRecord } from './child.ts';
import type { Endpoint, RequestFacts } from './endpoint.ts';
import { readTools } from './hosted-tools.ts';
import { measureInput } from './input-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Which object of an event says most of it. */
const HOLDERS: ReadonlyMap<string, string> = new Map([
  ['session.update', 'session'],
  ['response.create', 'response'],
  ['conversation.item.create', 'item'],
]);
/** All others that a session knows. */
const PLAIN: ReadonlySet<string> = new Set([
  'conversation.item.delete',
  'conversation.item.retrieve',
  'conversation.item.truncate',
  'input_audio_buffer.append',
  'input_audio_buffer.clear',
  'input_audio_buffer.commit',
  'output_audio_buffer.clear',
  'response.cancel',
]);
const CAP = 'max_output_tokens';
const CAP_MAX = 1_000_000_000;
/** Settings of a session or a response that cost what nothing here bounds; of an earlier form of the API among them. */
const UNBOUNDED = ['prompt', 'input_audio_transcription', 'max_response_output_tokens'];

/** Whether an event is one that a session is described to know. */
export function isKnownEvent(type: string | undefined): boolean {
  return type !== undefined && (HOLDERS.has(type) || PLAIN.has(type));
}

/**
 * The path of the cap that an event can have; undefined for one that has none.
 * @param type of the event
 */
export function capPath(type: string | undefined): readonly string[] | undefined {
  if (type === 'session.update') return ['session', CAP];
  return type === 'response.create' ? ['response', CAP] : undefined;
}

/** The facts of one event. @throws request.invalid_field (`param` says which) */
export function realtimeFacts(body: Body): Partial<RequestFacts> {
  const event = body.kind === 'json' && isRecord(body.value) ? body.value : undefined;
  const type = event?.['type'];
  if (body.kind !== 'json' || !event || typeof type !== 'string') throw invalid('type');
  if (type.startsWith('transcription_session')) throw invalid('type');
  const name = HOLDERS.get(type);
  const holder = name === undefined ? {} : fieldsOf(event, name);
  if (capPath(type) && name !== undefined) checkSettings(holder, name);
  const parts = measureInput({ ...event, items: name === 'item' ? [holder] : [], ...listed(holder) });
  const outputCap = capPath(type) ? capOf(holder, `${name}.${CAP}`) : undefined;
  const { model } = name === 'session' ? modelOf(holder) : {};
  return {
    event: type,
    ...(model !== undefined && { model }),
    ...(outputCap !== undefined && { outputCap, capFields: [`${name}.${CAP}`] }),
    textBytes: Buffer.byteLength(body.source) - parts.opaqueChars,
    images: parts.images,
    audioBytes: parts.audioBytes,
    fileBytes: parts.fileBytes,
    messages: parts.messages + readTools(holder).count,
    givenTokens: parts.givenTokens,
    // All that the session holds is read again for each answer.
    chained: capPath(type) ? ['session'] : [],
  };
}

/** A live session has one model, which its address names, and a cap that holds on until another is named. @throws request.invalid_field for another */
export function ofSession(
  facts: RequestFacts,
  { shape }: Endpoint,
  { query, sessionCap }: LiveSession,
): RequestFacts {
  if (shape !== 'realtime') return facts;
  const model = query.find(([key]) => key === 'model')?.[1];
  if (facts.model !== undefined && facts.model !== model) throw invalid('session.model');
  return { ...facts, model, ...(sessionCap !== undefined && { usualCap: sessionCap }) };
}

/** What holds in the session that an event is of. */
export interface LiveSession {
  readonly query: readonly (readonly [string, string])[];
  readonly sessionCap?: number | undefined;
}

/** @throws request.invalid_field for what is no object */
function fieldsOf(event: Fields, name: string): Fields {
  const value = Object.hasOwn(event, name) ? (event[name] ?? {}) : {};
  if (!isRecord(value)) throw invalid(name);
  return value;
}

/** The turns that a response is asked to read instead of the session's. */
function listed(holder: Fields): Fields {
  return Array.isArray(holder['input']) ? { input: holder['input'] } : {};
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Settings that no session may have here, taken out of it; what they are, by their paths. */
export function withoutUnbounded(session: Fields): { readonly session: Fields; readonly leftOut: string[] } {
  const leftOut = UNBOUNDED.filter((field) => isSet(session[field]));
  const bounded = Object.fromEntries(Object.entries(session).filter(([field]) => !UNBOUNDED.includes(field)));
  const { audio } = session;
  const input = child(audio, 'input');
  if (!isRecord(audio) || !isRecord(input) || !isSet(input['transcription']))
    return { session: bounded, leftOut };
  const silent = { ...audio, input: { ...input, transcription: null } };
  return { session: { ...bounded, audio: silent }, leftOut: [...leftOut, 'audio.input.transcription'] };
}

/** What a session or a response may be set to. @throws request.invalid_field */
export function checkSettings(holder: Fields, name: string): void {
  const unbounded = UNBOUNDED.find((field) => isSet(holder[field]));
  if (unbounded !== undefined) throw invalid(`${name}.${unbounded}`);
  const transcription = child(child(holder['audio'], 'input'), 'transcription') ?? undefined;
  if (transcription !== undefined) throw invalid(`${name}.audio.input.transcription`);
  const { type } = holder;
  if (name === 'session' && type !== undefined && type !== 'realtime') throw invalid('session.type');
  if (readTools(holder).hosted.length > 0) throw invalid(`${name}.tools`);
}

function modelOf({ model }: Fields): { readonly model?: string } {
  if (model === undefined || model === null) return {};
  if (typeof model !== 'string') throw invalid('session.model');
  return { model };
}

/** `inf` is none. */
function capOf({ [CAP]: cap }: Fields, param: string): number | undefined {
  if (cap === undefined || cap === null || cap === 'inf') return undefined;
  if (typeof cap !== 'number' || !Number.isInteger(cap) || cap < 1 || cap > CAP_MAX) throw invalid(param);
  return cap;
}

function invalid(param: string): Refusal {
  return new Refusal('request.invalid_field', { param });
}
