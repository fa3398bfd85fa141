/**
 * The texts of one stream that come in pieces, by name: made when they are first heard of, ended by what they begin with.
 * What clients put together behind another text of the same kind begins where that one ended. Bounded.
 */
import { Refusal } from '../base/errors.ts';
import { AnswerChannel, type ChannelOptions } from '../domain/answers/answer-channel.ts';

/** Which text, and how it is read. */
export interface ChannelKind {
  readonly channel: string;
  readonly isJson: boolean;
  readonly isRendered: boolean;
  readonly isEcho: boolean;
}

const CHANNELS_MAX = 4096;
const KINDS_MAX = 64;

export class AnswerChannels {
  readonly #optionsOf: (kind: ChannelKind) => ChannelOptions;
  readonly #open = new Map<string, AnswerChannel>();
  /** The newest of each type of event that tells pieces of texts which are shown. */
  readonly #last = new Map<string, AnswerChannel>();

  /** @param optionsOf asked once a text */
  constructor(optionsOf: (kind: ChannelKind) => ChannelOptions) {
    this.#optionsOf = optionsOf;
  }

  /** @throws upstream.overran */
  of(kind: ChannelKind): AnswerChannel {
    const known = this.#open.get(kind.channel);
    if (known) return known;
    if (this.#open.size >= CHANNELS_MAX)
      throw new Refusal('upstream.overran', { detail: 'over 4096 texts at a time' });
    const type = joinedType(kind);
    const before = type === undefined ? undefined : this.#last.get(type)?.tail;
    const channel = new AnswerChannel({ ...this.#optionsOf(kind), before });
    this.#open.set(kind.channel, channel);
    if (type !== undefined && this.#last.size < KINDS_MAX) this.#last.set(type, channel);
    return channel;
  }

  /** Nothing more comes of those whose name begins so. */
  end(prefix: string): void {
    for (const [name, channel] of this.#open) {
      if (!name.startsWith(prefix)) continue;
      this.#open.delete(name);
      channel.end();
    }
  }

  /** Lets plain words go that have waited long enough. */
  relent(): void {
    for (const channel of this.#open.values()) channel.relent();
  }
}

/** The type of its events, which its name begins with: choices of chat are apart. */
function joinedType({ channel, isRendered, isEcho }: ChannelKind): string | undefined {
  const type = channel.slice(0, channel.indexOf(' '));
  return isRendered && !isEcho && type.endsWith('.delta') ? type : undefined;
}
