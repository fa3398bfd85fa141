/**
 * A file that upstream keeps, whose lines may be the results of a batch: each of those is an answer of its own, screened like
 * any other, and one that may not leave is told as a call that failed. Any other file is relayed as it comes.
 */
import { asRefusal, errorBody, Refusal } from '../base/errors.ts';
import { child, isRecord } from '../openai/child.ts';
import { createRawAnswer } from './answer-raw.ts';
import type { Answer, AnswerContext } from './relay.ts';
import { screenWhole } from './screen-answer.ts';

/** The longest answer that a line may hold. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;
/** Upstream waits while more than this is to be screened. */
const WAITING_BYTES_MAX = 1024 * 1024;
const LF = 10;
/** What OpenAI's results begin with, where a line is too long to be read. */
const RESULT_HEAD = /^\s*\{[^{}]{0,4096}"custom_id"/;
/** Refusals that are of one line; after any other nothing goes on. */
const OF_LINE = /^(?:guardrail\.answer|tool\.[a-z_]+|upstream\.invalid_answer)$/;

/** Holds one unfinished line of at most 64 MiB, and some that wait. */
export function createResultsAnswer(status: number, context: AnswerContext): Answer {
  return new ResultsAnswer(status, context);
}

class ResultsAnswer implements Answer {
  readonly #status: number;
  readonly #context: AnswerContext;
  /** Of the line that is not over. */
  #open: Buffer[] = [];
  #openBytes = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isRunning = false;
  #running: Promise<void> | undefined;
  /** The file is of another kind. */
  #raw: Answer | undefined;
  #isSure = false;
  #isOver = false;
  #isHeld = false;
  #isUntaken = false;

  constructor(status: number, context: AnswerContext) {
    this.#status = status;
    this.#context = context;
  }

  data(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      if (this.#raw) break;
      this.#keep(chunk.subarray(from, at + 1));
      this.#lineOver();
      from = at + 1;
    }
    this.#take(chunk.subarray(from));
  }

  #take(bytes: Buffer): void {
    if (this.#raw) this.#raw.data(bytes);
    else this.#keep(bytes);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#open.push(bytes);
    this.#openBytes += bytes.length;
    if (this.#openBytes <= LINE_BYTES_MAX) return;
    const head = this.#open[0]?.toString('utf8', 0, 8192) ?? '';
    if (this.#isSure || RESULT_HEAD.test(head))
      throw new Refusal('upstream.overran', { detail: 'a line over 64 MiB' });
    this.#relay(Buffer.concat(this.#open));
  }

  #lineOver(): void {
    const line = this.#open.length === 1 && this.#open[0] ? this.#open[0] : Buffer.concat(this.#open);
    this.#open = [];
    this.#openBytes = 0;
    if (!this.#isSure && !isBlank(line)) {
      if (!isResult(parsed(line))) return this.#relay(line);
      this.#isSure = true;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#pace();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  /** Blank lines before it are no results, and wait for nothing. */
  #relay(first: Buffer): void {
    this.#raw = createRawAnswer(this.#status, this.#context);
    for (const line of [...this.#waiting.splice(0), first]) this.#raw.data(line);
    this.#open = [];
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      for (let line = this.#waiting.shift(); line && !this.#isOver; line = this.#waiting.shift()) {
        const told = isBlank(line) ? line : await this.#told(line);
        this.#waitingBytes -= line.length;
        if (this.#isOver || this.#raw) return;
        this.#write(told);
        this.#pace();
      }
    } catch (error) {
      this.#isOver = true;
      this.#context.breakOff(asRefusal(error));
    } finally {
      this.#isRunning = false;
    }
  }

  /** The line as it may leave. @throws guardrail.busy, guardrail.failed */
  async #told(line: Buffer): Promise<Buffer> {
    const { exchange, screening } = this.#context;
    try {
      // Nobody could be asked about a call in here.
      return await screenWhole(exchange, { ...screening, asking: undefined }, 'json', line);
    } catch (error) {
      const refusal = asRefusal(error);
      if (!OF_LINE.test(refusal.code)) throw refusal;
      exchange.answer.cutFor ??= refusal.code;
      return failedLine(parsed(line), refusal);
    }
  }

  #write(told: Buffer): void {
    const { reply } = this.#context;
    if (!reply.headSent) reply.head(this.#status, this.#context.headers);
    if (reply.write(told) || this.#isUntaken) return;
    this.#isUntaken = true;
    reply.drained(() => {
      this.#isUntaken = false;
      this.#pace();
    });
  }

  #pace(): void {
    const isFull = this.#isUntaken || this.#waitingBytes > WAITING_BYTES_MAX;
    if (isFull === this.#isHeld) return;
    this.#isHeld = isFull;
    if (isFull) this.#context.pause();
    else this.#context.resume();
  }

  async end(): Promise<void> {
    if (this.#openBytes > 0 && !this.#raw) this.#lineOver();
    if (this.#raw) return this.#raw.end();
    while (this.#isRunning) await this.#running;
    if (this.#isOver) return;
    const { reply, headers } = this.#context;
    if (!reply.headSent) reply.head(this.#status, headers);
    reply.end();
  }

  fail(refusal: Refusal): void {
    this.#isOver = true;
    if (this.#raw) this.#raw.fail(refusal);
    else this.#context.reply.destroy();
  }
}

function isBlank(line: Buffer): boolean {
  return line.length <= 2 && line.toString('latin1').trim() === '';
}

/** Undefined for what is no JSON. */
function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A line of a batch's output or of its errors. */
function isResult(line: unknown): boolean {
  return (
    typeof child(line, 'custom_id') === 'string' &&
    (isRecord(child(line, 'response')) || isRecord(child(line, 'error')))
  );
}

/** In the form of a call of the batch that came to nothing. */
function failedLine(line: unknown, refusal: Refusal): Buffer {
  const { code, message } = errorBody(refusal).error;
  const [id = null, custom_id = null] = ['id', 'custom_id'].map((name) => {
    const value = child(line, name);
    return typeof value === 'string' && /^[\w.:/-]{1,256}$/.test(value) ? value : null;
  });
  return Buffer.from(`${JSON.stringify({ id, custom_id, response: null, error: { code, message } })}\n`);
}
