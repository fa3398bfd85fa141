/** How rows of tables are read: lines of cells, rows of HTML, brackets of SQL. Bounded in units and cells; each row says where the next begins. */

export const LINE_MAX = 2048;
const CELLS_MAX = 64;

/** Half-open, quotes and spaces around it left out. */
export type Cell = readonly [start: number, end: number];

export interface Row {
  readonly cells: readonly Cell[];
  /** Where the next row may begin. */
  readonly next: number;
}
export type ReadRow = (text: string, from: number) => Row | undefined;

export const NEWLINE = 0x0a;

export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

export function lineRow(text: string, from: number, delimiter: string): Row | undefined {
  if (from >= text.length) return undefined;
  const end = endOfLine(text, from);
  if (end - from > LINE_MAX) return undefined;
  if (delimiter === '|' && /^[\s|:-]+$/.test(text.slice(from, end))) return { cells: [], next: end + 1 };
  const mark = delimiter.charCodeAt(0);
  const cells: Cell[] = [];
  let start = from;
  let isQuoted = false;
  let isBlank = true;
  for (let at = from; at <= end && cells.length < CELLS_MAX; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE && (isQuoted || isBlank)) isQuoted = !isQuoted;
    if (unit > 0x20) isBlank = false;
    if (at < end && (isQuoted || unit !== mark)) continue;
    cells.push(trimmed(text, start, at));
    start = at + 1;
    isBlank = true;
  }
  return { cells, next: end + 1 };
}
const QUOTE = 0x22;

function trimmed(text: string, from: number, to: number): Cell {
  let start = from;
  let end = to;
  while (start < end && isAround(text.charCodeAt(start))) start++;
  while (end > start && isAround(text.charCodeAt(end - 1))) end--;
  return [start, end];
}

/** White space, quotes, stars. */
const isAround = (unit: number): boolean =>
  unit <= 0x20 || unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x2a;

const HTML_CELL = /<t[hd]\b[^<>]{0,80}>([^<>]{0,200})<\/t[hd]>/g;

/**
 * Reads rows of one text. Where the next `</tr>` stands is remembered: without one, each row would be looked through to the end.
 */
export function htmlRows(): ReadRow {
  let searched = 0;
  let close = -1;
  return (text, from) => {
    const start = endOfOpening(text, from);
    if (start < 0) return undefined;
    if (start < searched || start > close) {
      searched = start;
      close = text.indexOf('</tr>', start);
      if (close < 0) close = Number.POSITIVE_INFINITY;
    }
    return close - start > 2 * LINE_MAX ? undefined : htmlRow(text, start, close);
  };
}

/** Behind `<tr`, which may stand behind the opening of a part of the table; -1 where there is none. */
function endOfOpening(text: string, from: number): number {
  const opened = /^(?:\s{0,64}<\/?(?:thead|tbody)[^<>]{0,80}>){0,2}\s{0,64}<tr\b/i.exec(
    text.slice(from, from + 400),
  );
  return opened ? from + opened[0].length : -1;
}

function htmlRow(text: string, start: number, end: number): Row {
  const cells: Cell[] = [];
  for (const { 0: whole, 1: inner = '', index } of text.slice(start, end).matchAll(HTML_CELL)) {
    const at = start + index + whole.indexOf('>') + 1;
    cells.push(trimmed(text, at, at + inner.length));
  }
  return { cells, next: end + 5 };
}

const SQL_ROW = /(?:\s{0,8}VALUES)?[\s,]{0,16}\(((?:'[^'\n]{0,200}'|[^'()\n]){1,600})\)/iy;

export function parenthesised(text: string, from: number): Row | undefined {
  SQL_ROW.lastIndex = from;
  const match = SQL_ROW.exec(text);
  if (!match?.[1]) return undefined;
  const next = from + match[0].length;
  const start = next - 1 - match[1].length;
  const cells: Cell[] = [];
  let cellStart = start;
  let isQuoted = false;
  for (let at = start; at < next && cells.length < CELLS_MAX; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    if (at < next - 1 && (isQuoted || text[at] !== ',')) continue;
    cells.push(trimmed(text, cellStart, at));
    cellStart = at + 1;
  }
  return { cells, next };
}
