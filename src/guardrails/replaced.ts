/**
 * A text with parts of it replaced, where every unit knows the place that it comes from: what views of a text are made
 * of. Linear, whatever the parts.
 */
import { codeUnits, textOfUnits } from './code-units.ts';

/** A part of a text, half-open, and what stands for it: one unit or none. */
export type Part = readonly [start: number, end: number, plain: string];

/** A text, and where each of its units comes from, half-open. */
export interface Plain {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * The text with these parts replaced, which are in order and apart; undefined where there are none.
 *
 * @param from what the text was made of: places are those of the text before it
 */
export function replaced(text: string, parts: readonly Part[], from?: Plain): Plain | undefined {
  if (parts.length === 0) return undefined;
  const { length } = text;
  const source = codeUnits(text);
  const units = new Uint16Array(length);
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let filled = 0;
  let at = 0;
  let seen = 0;
  for (let i = 0; i <= parts.length; i++) {
    const [start, end, plain] = parts[i] ?? [length, length, ''];
    for (; at < start; at++, filled++) {
      seen |= units[filled] = source[at] ?? 0;
      starts[filled] = at;
      ends[filled] = at + 1;
    }
    if (plain) {
      seen |= units[filled] = plain.charCodeAt(0);
      starts[filled] = start;
      ends[filled++] = end;
    }
    at = end;
  }
  if (from) throughTo(from, starts, ends, filled);
  return {
    text: textOfUnits(units.subarray(0, filled), seen),
    starts: starts.subarray(0, filled),
    ends: ends.subarray(0, filled),
  };
}

function throughTo(from: Plain, starts: Uint32Array, ends: Uint32Array, length: number): void {
  for (let i = 0; i < length; i++) {
    starts[i] = from.starts[starts[i] ?? 0] ?? 0;
    ends[i] = from.ends[(ends[i] ?? 1) - 1] ?? 0;
  }
}
