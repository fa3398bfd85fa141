/** What one row of the endpoint table says. The rows are in endpoints/, one file a family. */

/** `WEBSOCKET`: a GET that becomes a socket; each event that comes over it is a body of its own. */
export type Method = 'GET' | 'POST' | 'DELETE' | 'WEBSOCKET';

/** How the strings of a body are told apart (who said them, what is prose): one text finder each, in texts.ts. */
export type Shape =
  | 'none' // no body
  | 'chat' // messages by role
  | 'responses' // instructions, input items, tools
  | 'completion' // prompt
  | 'items' // conversation items
  | 'input' // embeddings, moderations: input is prose
  | 'realtime' // events of a live session: its settings, items, what a response is asked for
  | 'prompt' // images, audio, video: prompt and input are prose
  | 'leaves'; // anything else: every leaf is user text

/** How a call costs. `deferred`: charged when it is made, corrected when the result is seen. */
export type Cost = 'free' | 'tokens' | 'unit' | 'deferred' | 'unpriced';

/** Kinds of upstream objects that have an owner here. */
export type ObjectKind =
  | 'response'
  | 'conversation'
  | 'conversation_item'
  | 'file'
  | 'upload'
  | 'upload_part'
  | 'batch'
  | 'vector_store'
  | 'vector_store_file_batch'
  | 'container'
  | 'container_file'
  | 'chat_completion'
  | 'assistant'
  | 'thread'
  | 'message'
  | 'run'
  | 'run_step'
  | 'eval'
  | 'eval_run'
  | 'eval_output_item'
  | 'fine_tuning_job'
  | 'fine_tuning_event'
  | 'fine_tuning_checkpoint'
  | 'fine_tuned_model'
  | 'checkpoint_permission'
  | 'video'
  | 'video_character'
  | 'skill'
  | 'skill_version'
  | 'voice_consent'
  | 'voice'
  | 'realtime_call'
  | 'chatkit_session'
  | 'chatkit_thread'
  | 'prompt'
  | 'workflow'
  | 'audio'
  | 'image_generation'
  /** What upstream sealed, by its digest: see `sealedId`. */
  | 'sealed';

/** In `reveals`: what a list shows. */
export const LISTED = 'data.*.id';

/** An object as an event of a stream shows it. */
export interface StreamedObject {
  readonly kind: ObjectKind;
  readonly reveals?: Endpoint['reveals'];
}

export interface Endpoint {
  /** Unique: the group and the verb, `chat.completions.create`. */
  readonly id: string;
  /** What `endpoints.allow` names: `chat.completions`, `responses`… Allowing a group allows all its rows. */
  readonly group: string;
  /** A further name that opens it: of what it is the same as, over another transport. */
  readonly under?: string;
  readonly method: Method;
  /** Without the version prefix: `/chat/completions/{completion_id}`. */
  readonly path: string;
  /** Query keys that may be sent; `metadata` covers `metadata[x]`, `include` covers `include[]`. */
  readonly query: readonly string[];
  /** Content types taken: JSON, multipart, either, or no body at all. */
  readonly body: 'none' | 'json' | 'multipart' | 'either' | 'sdp';
  readonly shape: Shape;
  /** What its file parts are: `media` is relayed unread by nature, `documents` are text that is read, or refused. */
  readonly files?: 'media' | 'documents';
  /** `binary`: bytes relayed unread (audio, images, archives, file content). `text`: JSON or plain text, as its content type says. */
  readonly answer: 'json' | 'binary' | 'text';
  /** Of `binary`: its bytes may be the results of a batch, which are answers by the line. */
  readonly results?: true;
  /** Whether `stream: true` (or `stream_format: sse`) makes it answer server-sent events. */
  readonly streams: boolean;
  /** Where the model is named; `required`: in the body, a call without one is refused. */
  readonly model: 'required' | 'optional' | 'path' | 'none';
  readonly cost: Cost;
  /** The kind of object a success creates, whose id is `id` of the answer. */
  readonly makes?: ObjectKind;
  /**
   * Further objects whose ids stand in an answer, by dotted path, `*` for every element of a list, `?name` for what has
   * such a member: they belong to whoever owns the answer's own. All that a path can name has to stand here somewhere.
   */
  readonly reveals?: Readonly<Record<string, ObjectKind>>;
  /** Where events of its stream are objects themselves: what each is, by its `object`, and what it reveals. */
  readonly streamed?: Readonly<Record<string, StreamedObject>>;
  /** Where an answer says of what the objects that it reveals were made. */
  readonly madeFrom?: string;
  /** The kind of object a success creates, whose id ends the `Location` that it answers. */
  readonly locates?: ObjectKind;
  /** Path parameters that name objects of upstream's, by parameter name. */
  readonly objects?: Readonly<Record<string, ObjectKind>>;
  /** A list of such objects: its answer must show only the caller's. */
  readonly lists?: ObjectKind;
  /** The member of each item of its `data` that names the object whose placeholders stand in it. */
  readonly quotes?: 'id' | 'file_id';
  /** Items of a page of that list, by default and at most, where not 20 and 100. */
  readonly pageItems?: readonly [byDefault: number, max: number];
  /** Largest request body in bytes. */
  readonly bodyBytesMax: number;
  /** Not relayed at all, and why in one sentence (administration). */
  readonly refused?: string;
  /**
   * Answered by the gateway itself, with a client secret of its own: in the form of `client_secrets`, or of the older
   * `sessions`.
   */
  readonly grants?: 'secret' | 'session';
  /** What it starts runs past the gateway: open under `*`, and where it or its group is named, not under a name between. */
  readonly bypasses?: true;
  /** ISO date on which OpenAI ends it: relayed when named or by `*`, never by default. */
  readonly retired?: string;
  /** What the gateway cannot see or bound here, in one sentence for the coverage table. */
  readonly note?: string;
}

/** What is known of a request before it is priced: read once, from the strict parse. All counts are integers ≥ 0. */
export interface RequestFacts {
  readonly model?: string | undefined;
  readonly stream: boolean;
  /** The caller asked for the usage chunk itself (chat and completions, streamed). */
  readonly includeUsage: boolean;
  /** Choices, images…: `n` (and `best_of`), 1 if absent. */
  readonly n: number;
  /** The output cap the caller named (the largest of all its names) and the fields that name it; 0: none that holds. */
  readonly outputCap?: number | undefined;
  readonly capFields: readonly string[];
  /** Where no cap is named, the one that is written is no larger. */
  readonly usualCap?: number | undefined;
  readonly serviceTier?: string | undefined;
  readonly background: boolean;
  /** Over a socket: the type of the event. */
  readonly event?: string | undefined;
  /** Upstream stores what the call makes, so that its id is of use to somebody. */
  readonly keeps: boolean;
  readonly maxToolCalls?: number | undefined;
  /** Tools that upstream runs itself, by type: `web_search`, `code_interpreter`… */
  readonly hostedTools: readonly string[];
  /** Bytes of everything that counts as text input. */
  readonly textBytes: number;
  /** Parts whose tokens do not follow from text: images, audio, files. */
  readonly images: number;
  readonly audioBytes: number;
  readonly fileBytes: number;
  /** Input that upstream adds on its own: previous_response_id, conversation, stored prompt. */
  readonly chained: readonly string[];
  /** For images, audio, video: what the price depends on. */
  readonly size?: string | undefined;
  readonly quality?: string | undefined;
  readonly seconds?: number | undefined;
  /** Messages, items and tools: each costs a few tokens beside its text. */
  readonly messages?: number | undefined;
  /** Tokens that no string holds: integers given as tokens, numbers and structure of tools. A count of texts adds them. */
  readonly givenTokens?: number | undefined;
  /** Most tokens of an answer foretold: what of it does not come true is billed as output beside the answer. */
  readonly predictedTokens?: number | undefined;
  /** How slowly speech is spoken: 1 or less; slower speech has more tokens. */
  readonly speed?: number | undefined;
  /** Characters of the text input, where they are what costs (speech); absent: its bytes stand in. */
  readonly textChars?: number | undefined;
  /** The largest `memory_limit` a container is asked for: `1g`, `4g`… */
  readonly memory?: string | undefined;
}

/** Usage as upstream reported it. Sub-counts are parts of inputTokens / outputTokens. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly inputAudioTokens: number;
  readonly inputImageTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly outputAudioTokens: number;
  readonly outputImageTokens: number;
  /** The tier upstream says it served, where it says so. */
  readonly serviceTier?: string | undefined;
  /** Audio by duration (transcriptions), seconds. */
  readonly seconds?: number | undefined;
  /** Calls of hosted tools that cost by the call. */
  readonly toolCalls?: Readonly<Record<string, number>> | undefined;
}
