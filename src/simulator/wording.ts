/** What the simulator says, and how it counts: a token is a run of at most six characters of a word. */

/** A text in the pieces it is counted and streamed by; joined they are the text again. Linear. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*[^\s]{1,6}|\s+/gu) ?? [];
}

/** Tokens of a text, an integer ≥ 0, by the simulator's own measure. */
export function countTokens(text: string): number {
  return piecesOf(text).length;
}

/** The answer to a caller's last words, of which at most 500 characters are repeated. */
export function answerTo(said: string): string {
  const heard = said.length > 500 ? `${said.slice(0, 500)}…` : said;
  const opening = "This is Sallyport's built-in simulator, not OpenAI: no model has read this.";
  return heard ? `${opening} You said: ${heard}` : opening;
}

export interface Cut {
  readonly pieces: readonly string[];
  /** The cap ended it, not the text. */
  readonly cut: boolean;
}

/** Cuts a text to a cap of tokens; `undefined` is no cap. */
export function cutTo(text: string, cap: number | undefined): Cut {
  const pieces = piecesOf(text);
  return cap !== undefined && pieces.length > cap
    ? { pieces: pieces.slice(0, cap), cut: true }
    : { pieces, cut: false };
}
