/**
 * The UTF-16 units of a text in an array: reading one costs a fraction of `charCodeAt` on a string, which must first
 * find out how the string is held. One buffer serves all calls; nobody keeps it past the pass it was filled for.
 */

/** Units the lasting buffer holds; longer texts get one of their own. */
const KEPT_UNITS = 65_536;
const kept = Buffer.alloc(2 * (KEPT_UNITS + 1));

/** A text and its units, a 0 behind the last. */
export interface Read {
  readonly text: string;
  readonly units: Uint16Array;
}

/** The text's units, and a 0 behind the last; valid until the next call. */
export function codeUnits(text: string): Uint16Array {
  const { length } = text;
  const bytes = length <= KEPT_UNITS ? kept : Buffer.alloc(2 * (length + 1));
  bytes.write(text, 0, 'utf16le');
  const units = new Uint16Array(bytes.buffer, bytes.byteOffset, length + 1);
  units[length] = 0;
  return units;
}

/**
 * The text of these units.
 *
 * @param seen all of them, or-ed: a text of a byte a unit is held so, as expressions are compiled for each width
 */
export function textOfUnits(units: Uint16Array, seen: number): string {
  if (seen < 0x100) return Buffer.from(units).toString('latin1');
  return Buffer.from(units.buffer, units.byteOffset, 2 * units.length).toString('utf16le');
}
