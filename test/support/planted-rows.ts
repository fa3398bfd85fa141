/** Calls made around a text: sent with what must not get anywhere, and with what must. Upstream's raw bytes decide. */
import type { Gateway } from './gateway.ts';
import { type PlantedAnswer, type PlantedCall, sendAll } from './planted-calls.ts';
import { CARD, escaped, INJECTION, SECRET } from './planting-house.ts';
import type { Upstream } from './upstream.ts';

export interface Row {
  readonly what: string;
  readonly make: (text: string) => Omit<PlantedCall, 'key'>;
  /** A harmless text for this place; `plain` if left out. */
  readonly benign?: string;
  /** What upstream must get of the harmless call; the text itself if left out. */
  readonly kept?: (text: string) => string;
}

interface Call extends PlantedCall {
  readonly row: Row;
}

/** One house, for all rows of a file. */
export interface House {
  readonly gateway: Gateway;
  readonly upstream: Upstream;
}

const told = ({ call, status, code }: PlantedAnswer<Call>): string => `${call.row.what}: ${status} ${code}`;

/** In which forms a planted text is looked for. */
const FORMS = [CARD, SECRET, CARD.replaceAll(' ', ''), INJECTION].flatMap((text) => [
  text,
  escaped(text),
  Buffer.from(text).toString('base64').slice(0, 16),
  Buffer.from(text, 'utf16le').toString('latin1'),
  encodeURIComponent(text),
]);

/** Rows of which upstream got a planted text in any form, and rows that came to nothing a guardrail or parser did. */
export async function failuresOf(
  house: House,
  rows: readonly Row[],
  texts: readonly string[],
): Promise<string[]> {
  const calls = rows.flatMap((row, index) =>
    texts.map((text, which) => ({ ...row.make(text), key: `planted-${index}-${which}`, row })),
  );
  const answers = await sendAll(house.gateway, house.upstream, calls);
  return answers
    .filter(({ status, code, seen }) => {
      const raw = seen?.raw.toString('latin1') ?? '';
      const isRefused = status >= 400 && status < 429 && code !== '' && seen === undefined;
      const isRedacted = raw.includes('[REDACTED') && !FORMS.some((each) => raw.includes(each));
      return !isRefused && !isRedacted;
    })
    .map(told);
}

/** Rows whose harmless call was refused, or did not arrive as it was meant. */
export async function lossesOf(house: House, rows: readonly Row[]): Promise<string[]> {
  const calls = rows.map((row, index) => ({
    ...row.make(row.benign ?? 'plain'),
    key: `plain-${index}`,
    row,
  }));
  const answers = await sendAll(house.gateway, house.upstream, calls);
  return answers
    .filter(({ call: { row }, status, seen }) => {
      const text = row.benign ?? 'plain';
      return status !== 200 || !seen?.raw.includes(row.kept?.(text) ?? text);
    })
    .map(told);
}
