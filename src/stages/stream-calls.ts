/**
 * The calls of one streamed answer: whichever events they are in, none of them leaves before its call may, and what is
 * not allowed ends the answer or is cut out of it. Knows no caller's program: what is decided is what leaves.
 */
import { asRefusal, type Code, Refusal } from '../base/errors.ts';
import { type AnswerToolRules, judgeCall, noteCall, noteResults } from '../domain/tools/answer-tools.ts';
import type { Exchange } from '../domain/exchange.ts';
import { deniedBy, type ToolVerdict } from '../domain/tools/tools.ts';
import { type AnswerCall, findAnswerCalls, type PlacedCall, readItem } from '../openai/answer-calls.ts';
import type { JsonBody } from '../openai/body.ts';
import { child } from '../openai/child.ts';
import type { EventPattern } from '../openai/event-pattern.ts';
import { valueAt } from '../openai/json-place.ts';
import { parseAnswer } from '../openai/json.ts';
import { approvalOf } from './ask-approval.ts';
import { type CallsSaid, ChatCalls } from './chat-calls.ts';
import type { Asking } from './claim-parked.ts';
import { type CallCounting, countCall } from './count-calls.ts';
import type { PlacedPiece } from './held-events.ts';
import { ResponseCalls } from './response-calls.ts';
import { codeOf, isOutdated, noteJudged, verdictByName, verdictOf } from './stream-verdicts.ts';
import { contradiction, type ToolCall } from './tool-call.ts';

export interface StreamCallsWays {
  readonly exchange: Exchange;
  readonly rules: AnswerToolRules;
  /** Who is asked about calls that a person must allow; they are refused where left out. */
  readonly asking?: Asking | undefined;
  /** Undefined where nobody counts them. */
  readonly counting?: CallCounting | undefined;
  /** A call was decided between two events; with a refusal, the answer may not go on. */
  readonly decided: (refusal?: Refusal) => void;
}

const CALLS_MAX = 1024;

export class StreamCalls {
  readonly #ways: StreamCallsWays;
  readonly #chat = new ChatCalls();
  readonly #responses = new ResponseCalls();
  readonly #patterns = new WeakMap<EventPattern, ToolCall>();
  /** Let through, by message. */
  readonly #counts = new Map<string, number>();
  #seen = 0;
  #hasCut = false;
  #hasPatterns = false;
  #asked = 0;
  #counted = 0;
  #isOver = false;
  /** Made with the first question to a person: most answers ask none, and aborting is told with a stack trace. */
  #withdrawing: AbortController | undefined;

  constructor(ways: StreamCallsWays) {
    this.#ways = ways;
  }

  /** A person is being asked, or the ledger. */
  get isAsking(): boolean {
    return this.#asked > 0;
  }

  /** The answer has ended: what is still asked is withdrawn. */
  stop(): void {
    this.#isOver = true;
    this.#withdrawing?.abort();
  }

  /** Something was cut out: events have to be looked at once more when they leave. */
  get hasCut(): boolean {
    return this.#hasCut;
  }

  /** Takes an event; undefined for one that says nothing of calls. @throws upstream.invalid_answer */
  hear(body: JsonBody, pieces: readonly PlacedPiece[]): CallsSaid | undefined {
    const choices = child(body.value, 'choices');
    const inChat = Array.isArray(choices) ? this.#chat.read(choices, pieces) : undefined;
    const inItems = this.#responses.read(body, pieces);
    const others = findAnswerCalls(body).some((placed) => isElsewhere(placed, body));
    if (!inChat && !inItems && !others) return undefined;
    return {
      touched: [...(inChat?.touched ?? []), ...(inItems?.touched ?? [])],
      whole: [...(inChat?.whole ?? []), ...(inItems?.whole ?? [])],
      others,
    };
  }

  /**
   * Decides what can be decided, once the pieces that an event ends are settled.
   * @param told the event as it leaves
   * @throws tool.*, upstream.invalid_answer
   */
  settle(said: CallsSaid, told: () => JsonBody): void {
    for (const call of said.touched) {
      if (call.state === 'open' && !call.isOver) this.#decideByName(call);
      else if (call.isUndecided || call.state === 'allowed') this.#checkName(call);
    }
    const body = said.others || said.whole.some(({ at }) => at) ? told() : undefined;
    for (const { call, at } of said.whole) {
      if (body && at) call.whole = readItem(valueAt(body.value, at));
      this.#decide(call);
    }
    if (!body || !said.others) return;
    // Whole calls in places that no stream is known to have them in.
    for (const placed of findAnswerCalls(body)) {
      if (isElsewhere(placed, body)) this.#mustBeAllowed(placed.call);
    }
  }

  #mustBeAllowed(call: AnswerCall): void {
    const found = judgeCall(call, this.#ways.rules, 0);
    noteCall(this.#ways.exchange, call.name, found.verdict === 'allowed' ? 'allowed' : 'denied');
    if (found.verdict !== 'allowed') throw new Refusal(codeOf(found));
  }

  /** Events like this one are of the call that it is of. */
  learned(pattern: EventPattern, [call]: readonly ToolCall[]): void {
    if (!call) return;
    this.#patterns.set(pattern, call);
    this.#hasPatterns = true;
  }

  /** A piece in an event that was recognised; undefined where it is of no call. @throws tool.*, upstream.invalid_answer */
  piece(pattern: EventPattern, piece: PlacedPiece): readonly ToolCall[] | undefined {
    const call = this.#hasPatterns ? this.#patterns.get(pattern) : undefined;
    if (!call) return undefined;
    call.push(piece.piece);
    if (call.state === 'allowed') this.#checkName(call);
    return [call];
  }

  /** Nothing more comes. @throws tool.* */
  end(): void {
    for (const { call } of this.#chat.end()) this.#decide(call);
  }

  /** Where what it is called with changes nothing, nobody waits for it. */
  #decideByName(call: ToolCall): void {
    if (call.kind === undefined || call.name === '' || call.isOdd) return;
    const found = verdictByName(call, this.#ways.rules, this.#before(call));
    if (found) this.#follow(call, found);
  }

  /**
   * Some of it has left, or a person is asked, and its name went on; or what holds for tools has changed since.
   * @throws tool.*, upstream.invalid_answer
   */
  #checkName(call: ToolCall): void {
    const { rules } = this.#ways;
    const isSame = call.name === call.judgedBy?.name;
    if (call.isOver || (isSame && !isOutdated(call, rules))) return;
    if (call.state === 'asked') return isSame ? undefined : contradiction('one that changed');
    const found = verdictByName(call, rules, 0);
    if (!found) return isSame ? undefined : contradiction('one that changed');
    this.#hold(call, found);
  }

  /** Some of it has left: it goes on, or the answer ends. @throws tool.* */
  #hold(call: ToolCall, found: ToolVerdict): void {
    noteJudged(call, this.#ways.rules);
    if (found.verdict !== 'allowed') this.#deny(call, codeOf(found));
  }

  #before(call: ToolCall): number {
    return this.#counts.get(call.list) ?? 0;
  }

  #decide(call: ToolCall): void {
    const { rules } = this.#ways;
    const said = call.whole ?? call.asCall();
    if (call.state === 'open') return this.#follow(call, verdictOf(call, said, rules, this.#before(call)));
    if (call.state !== 'allowed') return;
    // It left by its name; what upstream adds to a tool of its own is looked at all the same.
    if (said.kind === 'typed') this.#stay(call, said);
    else if (isOutdated(call, rules)) this.#hold(call, verdictOf(call, said, rules, 0));
  }

  #stay(call: ToolCall, said: AnswerCall): void {
    const found = judgeCall(said, this.#ways.rules, 0);
    if (found.verdict === 'denied') this.#follow(call, found);
  }

  #follow(call: ToolCall, found: ToolVerdict): void {
    noteJudged(call, this.#ways.rules);
    noteResults(this.#ways.exchange, call.asCall(), this.#ways.rules.policy);
    if (++this.#seen > CALLS_MAX) throw new Refusal('upstream.overran', { detail: 'over 1024 calls' });
    const { counting } = this.#ways;
    if (found.verdict === 'allowed') {
      this.#counts.set(call.list, (this.#counts.get(call.list) ?? 0) + 1);
      if (counting) {
        call.state = 'asked';
        void this.#wait(call, 'allowed', () => this.#count(call, counting));
      } else {
        call.state = 'allowed';
        noteCall(this.#ways.exchange, call.name, 'allowed');
      }
    } else if (found.verdict === 'needsApproval' && this.#ways.asking) {
      call.state = 'asked';
      this.#counts.set(call.list, (this.#counts.get(call.list) ?? 0) + 1);
      const { exchange, asking } = this.#ways;
      const { signal } = (this.#withdrawing ??= new AbortController());
      const said = call.whole ?? call.asCall();
      // The kill switch may have shut the tool while somebody was asked.
      const recheck = (): Code | undefined => deniedBy(judgeCall(said, this.#ways.rules, 0));
      void this.#wait(call, 'approved', () => approvalOf(exchange, said, asking, recheck, signal));
    } else this.#deny(call, codeOf(found));
  }

  async #count(call: ToolCall, counting: CallCounting): Promise<Code | undefined> {
    try {
      await countCall(counting, this.#ways.exchange, this.#counted++);
      // More of its name may have come meanwhile.
      const found = verdictOf(call, call.whole ?? call.asCall(), this.#ways.rules, 0);
      return found.verdict === 'allowed' ? undefined : codeOf(found);
    } catch (error) {
      const { code } = asRefusal(error);
      if (code === 'tool.calls_per_minute') return code;
      throw error;
    }
  }

  /** Its events wait for an answer: a code is a denial. Never rejects. */
  async #wait(
    call: ToolCall,
    decision: 'allowed' | 'approved',
    answer: () => Promise<Code | undefined>,
  ): Promise<void> {
    const { exchange, decided } = this.#ways;
    this.#asked++;
    let refusal: Refusal | undefined;
    try {
      const code = await answer();
      if (code) this.#deny(call, code);
      else {
        call.state = 'allowed';
        noteCall(exchange, call.name, decision);
      }
    } catch (error) {
      refusal = asRefusal(error);
    }
    this.#asked--;
    if (!this.#isOver) decided(refusal);
  }

  #deny(call: ToolCall, code: Code): void {
    const { exchange, rules } = this.#ways;
    noteCall(exchange, call.name, 'denied');
    if (rules.policy.settings.onDenied === 'refuse' || call.state === 'allowed') throw new Refusal(code);
    call.state = 'cut';
    call.code = code;
    this.#hasCut = true;
    exchange.answer.cutFor ??= code;
  }

  /** An event as it leaves, without the calls that were cut; undefined where nothing of it is left. */
  cut(data: string): string | undefined {
    const body = parseAnswer(data);
    const choices = child(body.value, 'choices');
    if (!Array.isArray(choices) || !this.#chat.cut(choices)) return this.#responses.cut(body, data);
    const isEmpty = choices.every((choice) => saysNothing(choice)) && !child(body.value, 'usage');
    // An event of both kinds is cut as both.
    return isEmpty ? undefined : this.#responses.cut(body, JSON.stringify(body.value));
  }
}

/** Neither in a delta of chat, which comes in parts, nor in an item of Responses, which is known. */
function isElsewhere({ at }: PlacedCall, body: JsonBody): boolean {
  const keys: (string | number)[] = [];
  for (let step = at; step; step = step.parent) keys.push(step.key);
  const [first, second, third] = keys.reverse();
  if (first === 'choices' && third === 'delta') return false;
  const isTyped = typeof child(body.value, 'type') === 'string';
  if (isTyped && (first === 'response' || (first === 'item' && second === undefined))) return false;
  // Of assistants: the run that waits for its calls has them whole.
  return first !== 'delta';
}

function saysNothing(choice: unknown): boolean {
  const delta = child(choice, 'delta');
  const isEmpty = typeof delta !== 'object' || delta === null || Object.keys(delta).length === 0;
  return isEmpty && typeof child(choice, 'finish_reason') !== 'string';
}
