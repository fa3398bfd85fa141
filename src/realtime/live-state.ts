/**
 * What a live session is known to hold and to do: the most tokens that the next answer reads, and whether upstream answers
 * by itself. Where nobody has said, it counts as what costs more.
 */
import { child, isRecord } from '../openai/child.ts';
import { readUsage } from '../openai/usage.ts';

/** OpenAI, audio guide: 10 tokens a second heard. */
const TOKENS_PER_SECOND = 10;
/** Bytes a second: of G.711, of 16 bits at 24 kHz. */
const G711 = 8_000;
const PCM = 48_000;

export class LiveState {
  /** Most tokens of one answer, where the session has a cap. */
  cap: number | undefined;
  /** Sound went up, to which upstream may answer. */
  hasSound = false;
  /** Upstream has begun to answer by itself, or is about to. */
  isDue = false;
  #tokens = 0;
  /** Of `#tokens`, what came since an answer was begun: its report does not count them. */
  #since = 0;
  #bytesPerSecond = G711;
  #isQuiet = false;
  /** Changes of settings that went up and are not confirmed. */
  #changes = 0;

  /** At most, of all that is in the session. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Upstream answers what it hears without being asked. */
  get answersItself(): boolean {
    return !this.#isQuiet || this.#changes > 0;
  }

  /** An event of the caller's went up. @param tokens that it adds at most */
  wentUp(type: string | undefined, tokens: number): void {
    if (type === 'session.update') this.#changes++;
    if (type === 'response.create') return;
    this.#tokens += tokens;
    this.#since += tokens;
  }

  /** @param chars of base64 */
  soundWentUp(chars: number): void {
    this.hasSound = true;
    this.wentUp(undefined, ((chars * 3) / 4 / this.#bytesPerSecond) * TOKENS_PER_SECOND);
  }

  /** Upstream says what holds from here on. */
  settings(event: unknown, bytes: number): void {
    if (child(event, 'type') === 'session.updated') this.#changes = Math.max(0, this.#changes - 1);
    const session = child(event, 'session');
    const input = child(child(session, 'audio'), 'input');
    const detection = isRecord(input) ? input['turn_detection'] : child(session, 'turn_detection');
    this.#isQuiet = detection === null || child(detection, 'create_response') === false;
    const isPcm = child(child(input, 'format'), 'type') === 'audio/pcm';
    this.#bytesPerSecond = isPcm && this.#changes === 0 ? PCM : G711;
    // No token is shorter than a byte; instructions of OpenAI's own are among them.
    this.#tokens = Math.max(this.#tokens, bytes);
  }

  /** An answer was begun. */
  began(): void {
    this.#since = 0;
    this.isDue = false;
  }

  /** An answer within the conversation is over: what it read and wrote is what stands there. */
  ended(response: unknown): void {
    const usage = readUsage(child(response, 'usage'));
    if (!usage || typeof child(response, 'conversation_id') !== 'string') return;
    this.#tokens = usage.inputTokens + usage.outputTokens + this.#since;
  }
}
