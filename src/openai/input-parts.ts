/**
 * What a JSON request brings beside its text: pictures, sound, files, tokens as numbers, and what upstream adds itself.
 * Counts too much rather than too little: what is not surely opaque stays text.
 */
import { isRecord } from './child.ts';

export interface InputParts {
  images: number;
  /** As decoded, at most. */
  audioBytes: number;
  /** As decoded, at most. */
  fileBytes: number;
  /** UTF-16 units of the source, at least, that hold the above and are not read as text. */
  opaqueChars: number;
  /** Messages and items. */
  messages: number;
  /** At most: integers given as tokens; numbers and structure of what the model reads as JSON. */
  givenTokens: number;
  /** Prompts that are each completed on their own, at least 1. */
  prompts: number;
  /** Names of what refers to input that is not here, each once. */
  readonly chained: Set<string>;
}

type Fields = Readonly<Record<string | number, unknown>>;

/** Lists whose elements have a turn of their own; a string in place of a list is one turn. */
const TURNS = ['messages', 'input', 'items', 'additional_messages', 'tool_outputs', 'instructions'];
/** The model reads these as JSON: whatever they look like, all in them is text. */
const DECLARATIONS: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'response_format',
  'text',
  'parameters',
  'schema',
]);
const PICTURES: ReadonlySet<unknown> = new Set([
  'input_image',
  'image_url',
  'image_file',
  'computer_screenshot',
]);

/** Walks the whole body once. */
export function measureInput(body: Fields): InputParts {
  const parts: InputParts = {
    images: 0,
    audioBytes: 0,
    fileBytes: 0,
    opaqueChars: 0,
    messages: 0,
    givenTokens: integers(body['prompt']) + integers(body['input']),
    prompts: prompts(body['prompt']),
    chained: new Set(),
  };
  const thread = body['thread'];
  for (const turns of [
    ...TURNS.map((name) => body[name]),
    isRecord(thread) ? thread['messages'] : undefined,
  ]) {
    if (typeof turns === 'string') parts.messages++;
    if (!Array.isArray(turns)) continue;
    for (const turn of turns) {
      if (!isRecord(turn)) continue;
      parts.messages++;
      if (isReference(turn)) parts.chained.add('item_reference');
    }
  }
  visit(body, parts);
  return parts;
}

function visit(value: unknown, parts: InputParts): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') visit(item, parts);
  } else if (isRecord(value)) {
    picture(value, parts);
    sound(value, parts);
    file(value, parts);
    for (const key of Object.keys(value)) {
      const inner = value[key];
      if (typeof inner !== 'object' || inner === null || key === 'metadata') continue;
      if (DECLARATIONS.has(key)) parts.givenTokens += structure(inner);
      else visit(inner, parts);
    }
  }
}

function picture(value: Fields, parts: InputParts): void {
  const { image_url: image, result, type } = value;
  const url = isRecord(image) ? image['url'] : image;
  if (typeof url === 'string') {
    parts.images++;
    if (url.startsWith('data:')) parts.opaqueChars += url.length;
  } else if (PICTURES.has(type)) {
    parts.images++;
  } else if (type === 'image_generation_call' && typeof result === 'string') {
    parts.images++;
    parts.opaqueChars += result.length;
  }
}

function sound(value: Fields, parts: InputParts): void {
  const { input_audio: heard, audio: said, type } = value;
  if (isRecord(heard) && typeof heard['data'] === 'string') {
    parts.audioBytes += decodedBytes(heard['data']);
    parts.opaqueChars += heard['data'].length;
  }
  if (isRecord(said) && typeof said['id'] === 'string') parts.chained.add('audio');
  if (typeof said === 'string' && (type === 'input_audio' || type === 'input_audio_buffer.append')) {
    parts.audioBytes += decodedBytes(said);
    parts.opaqueChars += said.length;
  }
}

function file(value: Fields, parts: InputParts): void {
  const { file: inner, file_data: data, type } = value;
  if (typeof data === 'string') {
    parts.fileBytes += decodedBytes(data);
    parts.opaqueChars += data.length;
  }
  const holder = type === 'input_file' ? value : type === 'file' && isRecord(inner) ? inner : undefined;
  for (const name of ['file_id', 'file_url']) {
    if (typeof holder?.[name] === 'string') parts.chained.add(name);
  }
}

/** The most that base64 of this length stands for. */
function decodedBytes(base64: string): number {
  return Math.ceil((base64.length * 3) / 4);
}

/** An item by its id alone; its type may be left out. */
function isReference(item: Fields): boolean {
  if (item['type'] === 'item_reference') return true;
  const typeless = item['type'] === undefined || item['type'] === null;
  return typeless && typeof item['id'] === 'string' && item['role'] === undefined;
}

function integers(value: unknown): number {
  if (!Array.isArray(value)) return 0;
  let sum = 0;
  for (const item of value) sum += typeof item === 'number' ? 1 : integers(item);
  return sum;
}

/** The most tokens that a value written as JSON has beside the characters of its strings. */
function structure(value: unknown): number {
  if (typeof value === 'number') return String(value).length + 1;
  if (typeof value !== 'object' || value === null) return 3;
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let sum = 3 + (inner === value ? 0 : 3 * inner.length);
  for (const item of inner) sum += structure(item);
  return sum;
}

function prompts(prompt: unknown): number {
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
}
