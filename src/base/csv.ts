/** Tables as CSV (RFC 4180). A cell that a spreadsheet would run as a formula never leaves as one. */

/** Texts are neutralised; numbers are told as they are. */
export type Cell = string | number | undefined;

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell);
  const inert = FORMULA.test(cell) ? `'${cell}` : cell;
  return QUOTED.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Lines end in CRLF, the last one too. */
export function csvText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}
