/**
 * Tables, whose labels stand once above their columns: lines of cells (`,` `;` `|`, tabs), rows of HTML, INSERT of SQL. Which columns
 * there are is read where a label stands beside a mark; each table is read once, so this is linear. Never reads a cell that
 * no column names.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { birthDateAt } from './birth-date.ts';
import { columnOf, type ColumnKind } from './columns-table.ts';
import { identityAt } from './identity-number.ts';
import { isGivenName } from './label-words.ts';
import { nameAt, isNoSurname } from './person.ts';

const LINE_MAX = 2048;
const CELLS_MAX = 64;

/** Half-open, quotes and spaces around it left out. */
type Cell = readonly [start: number, end: number];

interface Row {
  readonly cells: readonly Cell[];
  /** Where the next row may begin. */
  readonly next: number;
}
type ReadRow = (text: string, from: number) => Row | undefined;

/** What was found, and how far the text was read for it. */
export interface TableFinds {
  readonly found: readonly Candidate[];
  readonly end: number;
}

/** The table whose header the word that ends at `wordEnd` belongs to; undefined where it is in none. */
export function tableAt(text: string, wordEnd: number): TableFinds | undefined {
  const mark = /^(?:[ _-]?(?:no|nr|number|id|\d))?["'`\])]{0,2} {0,24}([,;|\t<)]|\r?\n)/i.exec(
    text.slice(wordEnd, wordEnd + 36),
  )?.[1];
  if (mark === undefined) return undefined;
  if (mark === '<') return htmlTable(text, wordEnd);
  return linesTable(text, wordEnd) ?? (mark === ',' || mark === ')' ? insertion(text, wordEnd) : undefined);
}

function linesTable(text: string, wordEnd: number): TableFinds | undefined {
  const start = text.lastIndexOf('\n', wordEnd) + 1;
  const lineEnd = endOfLine(text, start);
  if (lineEnd - start > LINE_MAX || text.charCodeAt(lineEnd) !== NEWLINE) return undefined;
  const line = text.slice(start, lineEnd);
  const delimiter = DELIMITERS.find((each) => line.includes(each));
  if (delimiter === undefined) return undefined;
  return rowsOf(text, start, (_, from) => lineRow(text, from, delimiter));
}

const NEWLINE = 0x0a;
const DELIMITERS = ['\t', '|', ';', ','];

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function lineRow(text: string, from: number, delimiter: string): Row | undefined {
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

/** Behind the header at `from`, every row with as many cells. */
function rowsOf(text: string, from: number, read: ReadRow): TableFinds | undefined {
  const header = read(text, from);
  if (!header || header.cells.filter(([start, to]) => to > start).length < 2) return undefined;
  if (header.cells.some(([start, to]) => NO_HEADING.test(text.slice(start, to)))) return undefined;
  const columns = header.cells.map(([start, end]) =>
    end - start > 48 ? undefined : columnOf(text.slice(start, end)),
  );
  const kinds = new Set(columns);
  if (kinds.size === 1 && kinds.has(undefined)) return undefined;
  const isOfPeople = SURE_OF_PEOPLE.some((kind) => kinds.has(kind));
  const found: Candidate[] = [];
  let end = header.next;
  for (let row = read(text, end); row; row = read(text, end)) {
    if (row.cells.length > 0 && row.cells.length !== columns.length) break;
    for (const [i, [start, to]] of row.cells.entries()) {
      const kind = columns[i];
      const candidate =
        kind === undefined || to <= start ? undefined : cellOf(text, start, to, kind, isOfPeople);
      if (candidate) found.push(candidate);
    }
    end = row.next;
  }
  return { found, end };
}

/** Code, and lines of values. */
const NO_HEADING = /[:={}[\]<>@]|\d{4}/;

/** Places and firms have names, phones and addresses; these columns only people have. */
const SURE_OF_PEOPLE: readonly ColumnKind[] = [
  'DATE_OF_BIRTH',
  'SSN',
  'PASSPORT',
  'DRIVER_LICENSE',
  'EMAIL',
  'SURE_NAME',
];

function cellOf(
  text: string,
  start: number,
  end: number,
  kind: ColumnKind,
  isOfPeople: boolean,
): Candidate | undefined {
  switch (kind) {
    case 'EMAIL':
      return undefined;
    case 'NAME':
    case 'SURE_NAME':
      return nameOf(text, start, end, kind === 'SURE_NAME' || isOfPeople);
    case 'DATE_OF_BIRTH':
      return dateOf(text, start, end);
    case 'PHONE':
      return asCell(PHONE.test(text.slice(start, end)), 'PHONE', start, end);
    case 'SSN':
      return asCell(/^\d{3}([- .]?)\d\d\1\d{4}$/.test(text.slice(start, end)), 'SSN', start, end);
    case 'ADDRESS':
      return asCell(isAddress(text.slice(start, end), isOfPeople), 'ADDRESS', start, end);
    default: {
      const number = identityAt(text, start, kind);
      return number && number.end >= end - 1 ? number : undefined;
    }
  }
}

const PHONE = /^(?=(?:[^\d]*\d){7,15}[^\d]*(?:x\d{1,6})?$)\+?[\d\s().x/-]{7,28}$/;
const ADDRESS = /^(?=.{6,160}$)(?=.*\d)(?=.*[A-Za-z]{3})(?!.*[@{}<>=\\])[^\s]+[ ,].*$/;

/** Of firms and rooms, only what begins with a number or has a code. */
const isAddress = (cell: string, isOfPeople: boolean): boolean =>
  ADDRESS.test(cell) && (isOfPeople || /^\d|\d{4}/.test(cell));

function asCell(isOne: boolean, type: string, start: number, end: number): Candidate | undefined {
  return isOne
    ? { type, start, end, score: CONFIDENCE.contextual, reason: 'a value of a labelled column' }
    : undefined;
}

function dateOf(text: string, start: number, end: number): Candidate | undefined {
  const first = /\d/.exec(text.slice(start, Math.min(end, start + 14)));
  const date = first ? birthDateAt(text, start + first.index, true) : undefined;
  return date && date.start === start && date.end <= end ? date : undefined;
}

/** A whole cell; in a table that may be one of things, beginning with a given name. */
function nameOf(text: string, start: number, end: number, isSure: boolean): Candidate | undefined {
  const comma = text.indexOf(',', start);
  const name = nameAt(text, start, true);
  if (!name) return undefined;
  const rest = comma === name.end ? nameAt(text, comma + 2) : undefined;
  if ((rest?.end ?? name.end) < end || isNoSurname(text.slice(start, end).split(' ').at(-1) ?? ''))
    return undefined;
  if (!isSure && (name.words < 2 || !isGivenName(text.slice(start, end).split(' ')[0] ?? '')))
    return undefined;
  return asCell(true, 'PERSON', start, end);
}

/** `<tr><th>Name</th>…</tr>` and the rows below. */
function htmlTable(text: string, wordEnd: number): TableFinds | undefined {
  if (!/^[^<>]{0,24}<\/t[hd]>/i.test(text.slice(wordEnd, wordEnd + 32))) return undefined;
  const from = Math.max(0, wordEnd - LINE_MAX);
  const start = text.slice(from, wordEnd).lastIndexOf('<tr');
  return start < 0 ? undefined : rowsOf(text, from + start, htmlRow);
}

const HTML_CELL = /<t[hd]\b[^<>]{0,80}>([^<>]{0,200})<\/t[hd]>/g;

function htmlRow(text: string, from: number): Row | undefined {
  const opened = /^(?:\s{0,64}<\/?(?:thead|tbody)[^<>]{0,80}>){0,2}\s{0,64}<tr\b/i.exec(
    text.slice(from, from + 400),
  );
  if (!opened) return undefined;
  const start = from + opened[0].length;
  const end = text.indexOf('</tr>', start);
  if (end < 0 || end - start > 2 * LINE_MAX) return undefined;
  const cells: Cell[] = [];
  for (const { 0: whole, 1: inner = '', index } of text.slice(start, end).matchAll(HTML_CELL)) {
    const at = start + index + whole.indexOf('>') + 1;
    cells.push(trimmed(text, at, at + inner.length));
  }
  return { cells, next: end + 5 };
}

const VALUES = /\(([^()]{3,600})\)\s{0,8}VALUES\s{0,8}/iy;

/** `(name, email) VALUES ('…', '…'), (…)`. */
function insertion(text: string, wordEnd: number): TableFinds | undefined {
  const from = Math.max(0, wordEnd - 600);
  const open = text.slice(from, wordEnd).lastIndexOf('(');
  if (open < 0) return undefined;
  VALUES.lastIndex = from + open;
  const match = VALUES.exec(text);
  if (!match) return undefined;
  return rowsOf(text, from + open, parenthesised);
}

const SQL_ROW = /(?:\s{0,8}VALUES)?[\s,]{0,16}\(((?:'[^'\n]{0,200}'|[^'()\n]){1,600})\)/iy;

function parenthesised(text: string, from: number): Row | undefined {
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
