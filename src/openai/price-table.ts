/**
 * What OpenAI's models cost, hold and write: list prices of 2026-11-23, service tier default, short context.
 * Prices: @pydantic/genai-prices 0.1.8 (MIT), which reads OpenAI's pricing page. Context, output and reasoning:
 * gpt-tokenizer 4.0.0 (MIT), which reads OpenAI's model pages. Priority, audio of the 4o previews, pictures, speech,
 * video and fine-tuned models: OpenAI's pricing page and image guide. What is unknown here is set high, never 0.
 */

/** Which vocabulary counts a model's text. */
export type Encoding = 'o200k_base' | 'cl100k_base';

/** What is paid by something other than tokens; amounts in nano-dollars. */
export type Unit =
  | { readonly per: 'audio_second' | 'video_second' | 'character'; readonly nano: number }
  | { readonly per: 'picture'; readonly nano: Readonly<Record<string, number>> };

/** One model. Rates are integers of pico-dollars a token: `$2.50` a million tokens is 2,500,000. */
export interface PriceRow {
  readonly id: string;
  /** The ids that start so and are not in the table are charged at the dearest of them. */
  readonly family: string;
  readonly input: number;
  /** Input read from the prompt cache. */
  readonly cached: number;
  /** Input written to the prompt cache. */
  readonly cacheWrite: number;
  readonly output: number;
  readonly audioInput: number;
  readonly audioOutput: number;
  readonly imageInput: number;
  readonly imageOutput: number;
  /** Service tier priority in percent of default, rounded up; 100 where it is not offered. */
  readonly priorityPercent: number;
  /** From 272,000 input tokens the whole call costs 200 % input and 150 % output. */
  readonly longContext: boolean;
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  readonly reasoning: boolean;
  /** Answers with sound, which costs more than its text. */
  readonly speaks: boolean;
  readonly encoding: Encoding;
  /** Most input tokens one picture becomes: high detail, 8 tiles of 512 px, or the model's most patches. */
  readonly imageTokensMax: number;
  /** Output tokens of one made picture, by quality; `large` over 1,536 pixels a side. */
  readonly pictureTokens?: Readonly<Record<'low' | 'medium' | 'high' | 'large', number>>;
  readonly unit?: Unit;
  readonly free?: true;
}

type Traits = Partial<PriceRow> & { readonly family: string };
/** Dollars a million tokens: input, cached input, output; more by name. */
type Rates = readonly [input: number, cached: number, output: number];
type MoreRates = Partial<
  Record<'cacheWrite' | 'audioInput' | 'audioOutput' | 'imageInput' | 'imageOutput', number>
>;

const pico = (usd: number) => Math.round(usd * 1e6);
const nano = (usd: number) => Math.round(usd * 1e9);

export const PRICE_TABLE: PriceRow[] = [];
/** Other names of a row, but for dated snapshots, which inherit their alias by rule. */
export const PRICE_ALIASES: Record<string, string> = {};

function add(names: string, traits: Traits, rates: Rates, more: MoreRates = {}): void {
  const [id = '', ...aliases] = names.split(' ');
  const [input, cached, output] = rates;
  PRICE_TABLE.push({
    id,
    priorityPercent: 100,
    longContext: false,
    contextTokens: 128_000,
    outputTokensMax: 16_384,
    reasoning: false,
    speaks: more.audioOutput !== undefined,
    encoding: 'o200k_base',
    imageTokensMax: 1445,
    ...traits,
    input: pico(input),
    cached: pico(cached),
    cacheWrite: pico(more.cacheWrite ?? input),
    output: pico(output),
    audioInput: pico(more.audioInput ?? input),
    audioOutput: pico(more.audioOutput ?? output),
    imageInput: pico(more.imageInput ?? input),
    imageOutput: pico(more.imageOutput ?? output),
  });
  for (const alias of aliases) PRICE_ALIASES[alias] = id;
}

// The GPT-6 and GPT-5.4 to 5.6 families: long context, pictures at up to 10,000 patches ("original" detail).
const long = {
  longContext: true,
  contextTokens: 1_050_000,
  outputTokensMax: 128_000,
  reasoning: true,
  imageTokensMax: 10_000,
  priorityPercent: 250,
};
const gpt6 = { ...long, family: 'gpt-6' };
add('gpt-6-astra', gpt6, [10, 1, 50], { cacheWrite: 12.5 });
add('gpt-6-sol', gpt6, [2, 0.2, 10], { cacheWrite: 2.5 });
add('gpt-6-luna', gpt6, [0.1, 0.01, 0.5], { cacheWrite: 0.125 });

const gpt5 = {
  family: 'gpt-5',
  contextTokens: 400_000,
  outputTokensMax: 128_000,
  reasoning: true,
  imageTokensMax: 2_500,
  priorityPercent: 200,
};
const gpt5long = { ...gpt5, ...long };
const chat = { ...gpt5, contextTokens: 128_000, outputTokensMax: 16_384 };
add('gpt-5.6-sol gpt-5.6', gpt5long, [4, 0.4, 20], { cacheWrite: 5 });
add('gpt-5.6-terra', gpt5long, [2, 0.2, 12], { cacheWrite: 2.5 });
add('gpt-5.6-luna', gpt5long, [0.2, 0.02, 1.2], { cacheWrite: 0.25 });
add('gpt-5.5 gpt-5.5-codex', gpt5long, [5, 0.5, 30]);
add('gpt-5.5-chat-latest gpt-5.5-chat', { ...gpt5long, outputTokensMax: 16_384 }, [5, 0.5, 30]);
add('gpt-5.5-pro', gpt5long, [30, 30, 180]);
add('gpt-5.4', { ...gpt5long, priorityPercent: 200 }, [2.5, 0.25, 15]);
add('gpt-5.4-mini', gpt5, [0.75, 0.075, 4.5]);
add('gpt-5.4-nano', { ...gpt5, imageTokensMax: 3_779 }, [0.2, 0.02, 1.25]);
add('gpt-5.4-pro', { ...gpt5long, priorityPercent: 100 }, [30, 30, 180]);
add('gpt-5.3 gpt-5.3-chat-latest gpt-5.3-chat', chat, [1.75, 0.175, 14]);
add('gpt-5.3-codex', gpt5, [1.75, 0.175, 14]);
add('gpt-5.2 gpt-5.2-codex', gpt5, [1.75, 0.175, 14]);
add('gpt-5.2-chat-latest gpt-5.2-chat', chat, [1.75, 0.175, 14]);
add('gpt-5.2-pro', { ...gpt5, priorityPercent: 100 }, [21, 21, 168]);
add('gpt-5.1 gpt-5.1-codex gpt-5.1-codex-max', gpt5, [1.25, 0.125, 10]);
add('gpt-5.1-chat-latest gpt-5.1-chat', chat, [1.25, 0.125, 10]);
add('gpt-5.1-codex-mini gpt-5.1-mini', gpt5, [0.25, 0.025, 2]);
add('gpt-5 gpt-5-codex', gpt5, [1.25, 0.125, 10]);
add('gpt-5-chat-latest gpt-5-chat', chat, [1.25, 0.125, 10]);
add('gpt-5-mini', { ...gpt5, priorityPercent: 180 }, [0.25, 0.025, 2]);
add('gpt-5-nano', { ...gpt5, imageTokensMax: 3_779 }, [0.05, 0.005, 0.4]);
add('gpt-5-pro', { ...gpt5, outputTokensMax: 272_000, priorityPercent: 100 }, [15, 15, 120]);
add('chat-latest gpt-chat-latest', { ...gpt5, family: 'chat', priorityPercent: 250 }, [5, 0.5, 30]);
add('codex-mini-latest codex-mini', { ...gpt5, family: 'codex', contextTokens: 200_000 }, [1.5, 0.375, 6]);

const o200 = {
  family: 'o4',
  contextTokens: 200_000,
  outputTokensMax: 100_000,
  reasoning: true,
  imageTokensMax: 2_642,
};
const o3 = { ...o200, family: 'o3' };
const o1 = { ...o200, family: 'o1' };
add('o4-mini', { ...o200, priorityPercent: 182 }, [1.1, 0.275, 4.4]);
add('o4-mini-deep-research', o200, [2, 0.5, 8]);
add('ft:o4-mini', o200, [4, 1, 16]);
add('o3', { ...o3, priorityPercent: 175 }, [2, 0.5, 8]);
add('o3-mini', o3, [1.1, 0.55, 4.4]);
add('o3-pro', o3, [20, 20, 80]);
add('o3-deep-research', o3, [10, 2.5, 40]);
add('o1', o1, [15, 7.5, 60]);
add('o1-pro', o1, [150, 150, 600]);
add('o1-mini', { ...o1, contextTokens: 128_000, outputTokensMax: 65_536 }, [1.1, 0.55, 4.4]);
add('o1-preview', { ...o1, contextTokens: 128_000, outputTokensMax: 32_768 }, [15, 7.5, 60]);
add(
  'computer-use-preview',
  { family: 'computer-use', contextTokens: 8_192, outputTokensMax: 1_024, reasoning: true },
  [3, 3, 12],
);

const gpt41 = {
  family: 'gpt-4.1',
  contextTokens: 1_047_576,
  outputTokensMax: 32_768,
  imageTokensMax: 3_779,
  priorityPercent: 175,
};
add('gpt-4.1', gpt41, [2, 0.5, 8]);
add('gpt-4.1-mini', gpt41, [0.4, 0.1, 1.6]);
add('gpt-4.1-nano', { ...gpt41, priorityPercent: 200 }, [0.1, 0.025, 0.4]);
add('ft:gpt-4.1', { ...gpt41, priorityPercent: 100 }, [3, 0.75, 12]);
add('ft:gpt-4.1-mini', { ...gpt41, priorityPercent: 100 }, [0.8, 0.2, 3.2]);
add('ft:gpt-4.1-nano', { ...gpt41, priorityPercent: 100 }, [0.2, 0.05, 0.8]);

// A picture costs gpt-4o-mini 2,833 tokens and 5,667 a tile.
const gpt4o = { family: 'gpt-4o', priorityPercent: 170 };
const mini4o = { family: 'gpt-4o', priorityPercent: 167, imageTokensMax: 48_169 };
const plain4o = { family: 'gpt-4o' };
add('gpt-4o', gpt4o, [2.5, 1.25, 10]);
add('gpt-4o-2024-05-13', { ...gpt4o, outputTokensMax: 4_096, priorityPercent: 175 }, [5, 5, 15]);
add('chatgpt-4o-latest', plain4o, [5, 5, 15]);
add('gpt-4o-mini', mini4o, [0.15, 0.075, 0.6]);
add('gpt-4o-mini-search-preview', mini4o, [0.15, 0.15, 0.6]);
add('gpt-4o-search-preview', plain4o, [2.5, 2.5, 10]);
add('ft:gpt-4o', plain4o, [3.75, 1.875, 15]);
add('ft:gpt-4o-mini', { ...mini4o, priorityPercent: 100 }, [0.3, 0.15, 1.2]);
add('gpt-4o-audio-preview', plain4o, [2.5, 2.5, 10], { audioInput: 40, audioOutput: 80 });
add('gpt-4o-audio-preview-2024-10-01', plain4o, [2.5, 2.5, 10], { audioInput: 100, audioOutput: 200 });
add('gpt-4o-mini-audio-preview', plain4o, [0.15, 0.15, 0.6], { audioInput: 10, audioOutput: 20 });
const live = { family: 'gpt-4o', contextTokens: 32_000, outputTokensMax: 4_096 };
add('gpt-4o-realtime-preview', live, [5, 2.5, 20], { audioInput: 40, audioOutput: 80 });
add('gpt-4o-realtime-preview-2024-10-01', live, [5, 2.5, 20], { audioInput: 100, audioOutput: 200 });
add('gpt-4o-mini-realtime-preview', live, [0.6, 0.3, 2.4], { audioInput: 10, audioOutput: 20 });
const heard = { family: 'gpt-4o', contextTokens: 16_000, outputTokensMax: 2_000 };
add('gpt-4o-transcribe gpt-4o-transcribe-diarize', heard, [2.5, 2.5, 10], { audioInput: 6 });
add('gpt-4o-mini-transcribe', heard, [1.25, 1.25, 5], { audioInput: 3 });
add('gpt-4o-mini-tts', { family: 'gpt-4o', speaks: true }, [0.6, 0.6, 12]);

add('gpt-audio gpt-audio-1.5', { family: 'gpt-audio' }, [2.5, 2.5, 10], { audioInput: 32, audioOutput: 64 });
add('gpt-audio-mini', { family: 'gpt-audio' }, [0.6, 0.6, 2.4], { audioInput: 10, audioOutput: 20 });
const realtime = { family: 'gpt-realtime', contextTokens: 128_000, outputTokensMax: 32_000 };
const spoken = { audioInput: 32, audioOutput: 64, imageInput: 5 };
add('gpt-realtime gpt-realtime-1.5', realtime, [4, 0.4, 16], spoken);
add('gpt-realtime-2 gpt-realtime-2.1', { ...realtime, reasoning: true }, [4, 0.4, 24], spoken);
add('gpt-realtime-mini gpt-realtime-2.1-mini', { ...realtime, reasoning: true }, [0.6, 0.06, 2.4], {
  audioInput: 10,
  audioOutput: 20,
  imageInput: 0.8,
});

const cl100k = { encoding: 'cl100k_base' as const };
const gpt4 = { ...cl100k, family: 'gpt-4', contextTokens: 8_192, outputTokensMax: 8_192 };
const turbo = { ...cl100k, family: 'gpt-4', outputTokensMax: 4_096 };
add('gpt-4 gpt-4-0314 gpt-4-0613', gpt4, [30, 30, 60]);
add('gpt-4-32k gpt-4-32k-0314 gpt-4-32k-0613', { ...gpt4, contextTokens: 32_768 }, [60, 60, 120]);
add('ft:gpt-4-0613 ft:gpt-4', gpt4, [45, 45, 90]);
add('gpt-4-turbo gpt-4-turbo-preview gpt-4-0125-preview gpt-4-1106-preview', turbo, [10, 10, 30]);
add('gpt-4-vision-preview gpt-4-1106-vision-preview', turbo, [10, 10, 30]);
add('gpt-4.5-preview', { family: 'gpt-4.5' }, [75, 37.5, 150]);
const gpt35 = { ...cl100k, family: 'gpt-3.5', contextTokens: 16_385, outputTokensMax: 4_096 };
add('gpt-3.5-turbo gpt-3.5-turbo-0125', gpt35, [0.5, 0.5, 1.5]);
add('gpt-3.5-turbo-1106', gpt35, [1, 1, 2]);
add('gpt-3.5-turbo-0613 gpt-3.5-turbo-0301', gpt35, [1.5, 1.5, 2]);
add('gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613', gpt35, [3, 3, 4]);
add('gpt-3.5-turbo-instruct gpt-3.5-turbo-instruct-0914', { ...gpt35, contextTokens: 4_096 }, [1.5, 1.5, 2]);
add('ft:gpt-3.5-turbo ft:gpt-3.5-turbo-0125 ft:gpt-3.5-turbo-1106 ft:gpt-3.5-turbo-0613', gpt35, [3, 3, 6]);
const base = { ...cl100k, contextTokens: 16_384 };
add('davinci-002', { ...base, family: 'davinci' }, [2, 2, 2]);
add('babbage-002', { ...base, family: 'babbage' }, [0.4, 0.4, 0.4]);
add('ft:davinci-002', { ...base, family: 'davinci' }, [12, 12, 12]);
add('ft:babbage-002', { ...base, family: 'babbage' }, [1.6, 1.6, 1.6]);

const oss = { family: 'gpt-oss', contextTokens: 131_072, outputTokensMax: 131_072, reasoning: true };
add('gpt-oss-120b', oss, [0.039, 0.039, 0.18]);
add('gpt-oss-20b', oss, [0.029, 0.029, 0.14]);
add('gpt-oss-safeguard-20b', oss, [0.075, 0.037, 0.3]);

// An embedding has no output; its context is that of one text, of which a call may hold many.
const embedding = { ...cl100k, family: 'text-embedding', contextTokens: 8_192, outputTokensMax: 0 };
add('text-embedding-3-large', embedding, [0.13, 0.13, 0]);
add('text-embedding-3-small', embedding, [0.02, 0.02, 0]);
add('text-embedding-ada-002', embedding, [0.1, 0.1, 0]);

const moderation = { free: true as const, contextTokens: 32_768, outputTokensMax: 0 };
for (const id of [
  'omni-moderation-latest omni-moderation',
  'text-moderation-latest text-moderation-stable',
]) {
  add(id, { ...moderation, family: id.slice(0, id.indexOf('-latest')) }, [0, 0, 0]);
}
PRICE_ALIASES['text-moderation-007'] = 'text-moderation-latest';

// Pictures: 65 tokens and 129 a tile, and 6,240 for an input kept with high fidelity.
const picture = {
  family: 'gpt-image',
  imageTokensMax: 7_337,
  pictureTokens: { low: 408, medium: 1_584, high: 6_240, large: 6_240 },
};
// gpt-image-2 makes any size: 7,024 tokens at 1,024 px square, 12,329 at 3,584 × 2,048; the bound is above both.
const picture2 = { ...picture, pictureTokens: { low: 1_000, medium: 2_400, high: 7_300, large: 16_000 } };
add('gpt-image-2 chatgpt-image-latest', picture2, [5, 1.25, 30], { imageInput: 8, imageOutput: 30 });
add('gpt-image-1.5', picture, [5, 1.25, 10], { imageInput: 8, imageOutput: 32 });
add('gpt-image-1', picture, [5, 1.25, 40], { imageInput: 10 });
add('gpt-image-1-mini', picture, [2, 0.2, 8], { imageInput: 2.5 });
const dallE3: Unit = {
  per: 'picture',
  nano: {
    'standard 1024x1024': nano(0.04),
    'standard 1024x1792': nano(0.08),
    'standard 1792x1024': nano(0.08),
    'hd 1024x1024': nano(0.08),
    'hd 1024x1792': nano(0.12),
    'hd 1792x1024': nano(0.12),
  },
};
const dallE2: Unit = {
  per: 'picture',
  nano: {
    'standard 256x256': nano(0.016),
    'standard 512x512': nano(0.018),
    'standard 1024x1024': nano(0.02),
  },
};
add('dall-e-3', { family: 'dall-e', unit: dallE3 }, [0, 0, 0]);
add('dall-e-2', { family: 'dall-e', unit: dallE2 }, [0, 0, 0]);

add('whisper-1', { family: 'whisper', unit: { per: 'audio_second', nano: nano(0.36 / 3600) } }, [0, 0, 0]);
add(
  'gpt-transcribe',
  { family: 'gpt-transcribe', unit: { per: 'audio_second', nano: nano(0.27 / 3600) } },
  [0, 0, 0],
);
add('tts-1', { family: 'tts', unit: { per: 'character', nano: nano(15 / 1e6) } }, [0, 0, 0]);
add('tts-1-hd', { family: 'tts', unit: { per: 'character', nano: nano(30 / 1e6) } }, [0, 0, 0]);
add('sora-2', { family: 'sora', unit: { per: 'video_second', nano: nano(0.1) } }, [0, 0, 0]);
add('sora-2-pro', { family: 'sora', unit: { per: 'video_second', nano: nano(0.7) } }, [0, 0, 0]);

/**
 * Nano-dollars of one call of a tool that upstream runs itself, beside its tokens; a dated type is its plain one.
 * Code and shell: one container of the default size; image generation: the dearest picture.
 */
export const TOOL_NANO: ReadonlyMap<string, number> = new Map(
  Object.entries({
    web_search: nano(0.01),
    web_search_preview: nano(0.025),
    file_search: nano(0.0025),
    code_interpreter: nano(0.03),
    shell: nano(0.03),
    image_generation: nano(0.5),
    mcp: 0,
    tool_search: 0,
    multi_agent: 0,
    context_management: 0,
    computer_use_preview: 0,
    computer: 0,
    local_shell: 0,
    apply_patch: 0,
  }),
);
