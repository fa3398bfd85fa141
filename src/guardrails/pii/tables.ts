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
import { isNoSurname } from './given-name.ts';
import { nameAt } from './person.ts';
import {
  endOfLine,
  htmlRows,
  LINE_MAX,
  lineRow,
  NEWLINE,
  parenthesised,
  type ReadRow,
} from './table-rows.ts';

/** What was found, and how far the text was read for it. */
interface TableFinds {
  readonly found: readonly Candidate[];
  readonly end: number;
}

const NOTHING: readonly Candidate[] = [];

/** The tables of a text. What was looked for in vain is not looked for again, or a row of labels would take a scan each. */
export class Tables {
  readonly #text: string;
  /** Up to where the last table was read: its header is not read again, nor are its rows, which may look like headers. */
  #end = 0;
  /** The end of the last line that is no header. */
  #lineTried = -1;
  /** The last bracket that opens no columns. */
  #openTried = -1;
  /** Where the last row of HTML begins that stands before `#rowSearched`, and whether it is no header. */
  #row = -1;
  #rowSearched = 0;
  #rowTried = -1;
  readonly #htmlRows = htmlRows();

  constructor(text: string) {
    this.#text = text;
  }

  /** What the table holds whose header the word that ends at `wordEnd` belongs to; ask from left to right. */
  at(wordEnd: number): readonly Candidate[] {
    if (wordEnd <= this.#end) return NOTHING;
    const mark = /^(?:[ _-]?(?:no|nr|number|id|\d))?["'`\])]{0,2} {0,24}([,;|\t<)]|\r?\n)/i.exec(
      this.#text.slice(wordEnd, wordEnd + 36),
    )?.[1];
    if (mark === undefined) return NOTHING;
    const table = mark === '<' ? this.#ofHtml(wordEnd) : this.#ofLines(wordEnd, mark);
    if (!table) return NOTHING;
    this.#end = table.end;
    return table.found;
  }

  #ofLines(wordEnd: number, mark: string): TableFinds | undefined {
    const isTried = wordEnd <= this.#lineTried;
    const lineEnd = isTried ? this.#lineTried : endOfLine(this.#text, wordEnd);
    const table = isTried ? undefined : linesTable(this.#text, wordEnd, lineEnd);
    if (table) return table;
    this.#lineTried = lineEnd;
    return mark === ',' || mark === ')' ? this.#ofInsertion(wordEnd) : undefined;
  }

  #ofInsertion(wordEnd: number): TableFinds | undefined {
    const from = Math.max(0, wordEnd - 600);
    const open = this.#text.slice(from, wordEnd).lastIndexOf('(');
    if (open < 0 || from + open === this.#openTried) return undefined;
    this.#openTried = from + open;
    return insertion(this.#text, from + open);
  }

  #ofHtml(wordEnd: number): TableFinds | undefined {
    if (!/^[^<>]{0,24}<\/t[hd]>/i.test(this.#text.slice(wordEnd, wordEnd + 32))) return undefined;
    const from = Math.max(this.#rowSearched, wordEnd - LINE_MAX);
    const row = this.#text.slice(from, wordEnd).lastIndexOf('<tr');
    this.#rowSearched = wordEnd;
    if (row >= 0) this.#row = from + row;
    if (this.#row < wordEnd - LINE_MAX || this.#row === this.#rowTried) return undefined;
    this.#rowTried = this.#row;
    return rowsOf(this.#text, this.#row, this.#htmlRows);
  }
}

function linesTable(text: string, wordEnd: number, lineEnd: number): TableFinds | undefined {
  const start = text.lastIndexOf('\n', wordEnd - 1) + 1;
  if (lineEnd - start > LINE_MAX || text.charCodeAt(lineEnd) !== NEWLINE) return undefined;
  const line = text.slice(start, lineEnd);
  const delimiter = DELIMITERS.find((each) => line.includes(each));
  if (delimiter === undefined) return undefined;
  return rowsOf(text, start, (_, from) => lineRow(text, from, delimiter));
}

const DELIMITERS = ['\t', '|', ';', ','];

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

const COMMA = 0x2c;

/** A whole cell; in a table that may be one of things, beginning with a given name. */
function nameOf(text: string, start: number, end: number, isSure: boolean): Candidate | undefined {
  const name = nameAt(text, start, true);
  if (!name) return undefined;
  const rest = text.charCodeAt(name.end) === COMMA ? nameAt(text, name.end + 2) : undefined;
  if ((rest?.end ?? name.end) < end || isNoSurname(text.slice(start, end).split(' ').at(-1) ?? ''))
    return undefined;
  if (!isSure && (name.words < 2 || !isGivenName(text.slice(start, end).split(' ')[0] ?? '')))
    return undefined;
  return asCell(true, 'PERSON', start, end);
}

const VALUES = /\(([^()]{3,600})\)\s{0,8}VALUES\s{0,8}/iy;

/** `(name, email) VALUES ('…', '…'), (…)`; the bracket is at `open`. */
function insertion(text: string, open: number): TableFinds | undefined {
  VALUES.lastIndex = open;
  return VALUES.test(text) ? rowsOf(text, open, parenthesised) : undefined;
}
