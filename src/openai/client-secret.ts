/**
 * What a client secret of Realtime is asked for with, and what it is answered with: in the form of OpenAI's API of today,
 * and in the one before it, whose settings are put into today's. Knows nothing of the secret itself.
 */
import { Refusal } from '../base/errors.ts';
import { child, isRecord } from './child.ts';
import type { Endpoint } from './endpoint.ts';
import { checkSettings, withoutUnbounded } from './realtime-facts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** OpenAI's description, `expires_after`: in seconds. The form before lives for one minute. */
const SECONDS = { least: 10, most: 7_200, byDefault: 600, before: 60 } as const;
/** Names of formats of sound, before and now. */
const FORMATS: ReadonlyMap<unknown, Fields> = new Map<unknown, Fields>([
  ['pcm16', { type: 'audio/pcm', rate: 24_000 }],
  ['g711_ulaw', { type: 'audio/pcmu' }],
  ['g711_alaw', { type: 'audio/pcma' }],
]);

/** What today's settings were called. */
const EARLIER_NAMES: ReadonlyMap<string, string> = new Map([
  ['audio.input.transcription', 'input_audio_transcription'],
]);

/** A session that somebody else is to open. */
export interface AskedSession {
  /** Its settings, as `session.update` takes them. */
  readonly session: Fields;
  /** How long the secret opens it. */
  readonly seconds: number;
  /** Names of parameters that it is to be without: what they cost is bounded by nothing here. */
  readonly leftOut: readonly string[];
}

/** Reads the body of such a request. @throws request.invalid_field (`param` says which) */
export function askedSession({ grants }: Endpoint, body: unknown): AskedSession {
  const asked = isRecord(body) ? body : {};
  const isEarlier = grants === 'session';
  const given = isEarlier ? ofEarlierForm(asked) : sessionOf(asked);
  const { session, leftOut } = withoutUnbounded(given);
  checkSettings(session, 'session');
  const { model } = session;
  if (model !== undefined && typeof model !== 'string') throw invalid('session.model');
  if (!isEarlier) {
    const names = leftOut.map((name) => `session.${name}`);
    return { session, seconds: secondsOf(asked['expires_after']), leftOut: names };
  }
  const names = leftOut.map((name) => EARLIER_NAMES.get(name) ?? name);
  // Nothing in today's sessions is like it.
  if ((asked['temperature'] ?? undefined) !== undefined) names.push('temperature');
  return { session, seconds: SECONDS.before, leftOut: names };
}

/**
 * The answer to it.
 * @param secret with the seconds since 1970 at which it ends
 * @param id of the session
 */
export function grantAnswer(
  { grants }: Endpoint,
  { session }: AskedSession,
  secret: { readonly value: string; readonly expires_at: number },
  id: string,
): Fields {
  const shown = { object: 'realtime.session', id, ...DEFAULTS, ...session, type: 'realtime' };
  return grants === 'session' ? { ...shown, client_secret: secret } : { ...secret, session: shown };
}

/** What upstream's description says holds where nothing is said. */
const DEFAULTS = {
  output_modalities: ['audio'],
  tools: [],
  tool_choice: 'auto',
  max_output_tokens: 'inf',
  tracing: null,
  truncation: 'auto',
  prompt: null,
  expires_at: 0,
  include: null,
} as const;

function sessionOf({ session = {} }: Fields): Fields {
  if (!isRecord(session)) throw invalid('session');
  return session;
}

function secondsOf(expires: unknown): number {
  if (expires === undefined || expires === null) return SECONDS.byDefault;
  const seconds = child(expires, 'seconds') ?? SECONDS.byDefault;
  const anchor = child(expires, 'anchor') ?? 'created_at';
  if (!isRecord(expires) || anchor !== 'created_at') throw invalid('expires_after.anchor');
  const isWithin =
    typeof seconds === 'number' &&
    Number.isInteger(seconds) &&
    seconds >= SECONDS.least &&
    seconds <= SECONDS.most;
  if (!isWithin) throw invalid('expires_after.seconds');
  return seconds;
}

/** Fields of today that it has not are left as they are: upstream says what it does not know. */
function ofEarlierForm(asked: Fields): Fields {
  const {
    client_secret: _,
    modalities,
    voice,
    speed,
    input_audio_format,
    output_audio_format,
    input_audio_transcription: transcription,
    input_audio_noise_reduction: noise_reduction,
    turn_detection,
    temperature: _none,
    max_response_output_tokens,
    ...same
  } = asked;
  const audio = {
    input: present({
      format: formatOf('input_audio_format', input_audio_format),
      transcription,
      noise_reduction,
      turn_detection,
    }),
    output: present({ format: formatOf('output_audio_format', output_audio_format), voice, speed }),
  };
  return {
    ...same,
    ...present({ max_output_tokens: max_response_output_tokens, output_modalities: oneOf(modalities) }),
    ...(Object.keys({ ...audio.input, ...audio.output }).length > 0 && { audio }),
  };
}

/** Who asks for sound has its words as well. */
function oneOf(modalities: unknown): readonly string[] | undefined {
  if (modalities === undefined || modalities === null) return undefined;
  if (!Array.isArray(modalities)) throw invalid('modalities');
  return [modalities.includes('audio') ? 'audio' : 'text'];
}

function formatOf(param: string, name: unknown): Fields | undefined {
  if (name === undefined || name === null) return undefined;
  const format = FORMATS.get(name);
  if (!format) throw invalid(param);
  return format;
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function invalid(param: string): Refusal {
  return new Refusal('request.invalid_field', { param });
}
