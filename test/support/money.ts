/** Calls that cost money, and what the gateways put on record of them. The books to compare with are upstream's. */
import { join } from 'node:path';
import type { Entry } from '../../src/ports/audit-log.ts';
import { allEntries } from './audit.ts';
import type { Gateway } from './gateway.ts';
import { until } from './until.ts';

/** gpt-4o-mini, in nano-dollars a token. */
export const INPUT_NANO = 150;
export const OUTPUT_NANO = 600;

/** Guardrails that find nothing to do, and prices without the chance of a dearer service tier. */
export const MONEY_ONLY = {
  guardrails: {
    injection: { action: 'observe' },
    pii: { action: 'observe', reversible: false },
    secrets: { action: 'observe' },
  },
  models: { projectServiceTier: 'default' },
};

export interface Answered {
  readonly status: number;
  /** The catalogue's; empty on a success. */
  readonly code: string;
  readonly headers: Headers;
  /** Empty where it broke off. */
  readonly text: string;
  /** The id of the exchange. */
  readonly id: string;
}

type Door = Pick<Gateway, 'baseUrl' | 'callerKey'>;

/** A prompt of 100 bytes, so that it is reserved with more tokens than upstream will count. */
const CONTENT = 'How far is it '.padEnd(100, 'to the sea and back again, ');

export function post(
  { baseUrl, callerKey }: Door,
  path: string,
  body: object,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** A chat completion; fields are laid over an ordinary one. */
export function openChat(door: Door, fields: object = {}, signal?: AbortSignal): Promise<Response> {
  const messages = [{ role: 'user', content: CONTENT }];
  return post(door, '/chat/completions', { model: 'gpt-4o-mini', messages, ...fields }, signal);
}

/** What came of an answer once it is whole. */
export async function read(answer: Response): Promise<Answered> {
  const { status, headers } = answer;
  const code = headers.get('x-sallyport-code') ?? '';
  const text = await answer.text().catch(() => '');
  return { status, code, headers, text, id: headers.get('x-request-id') ?? '' };
}

export async function chat(door: Door, fields: object = {}, signal?: AbortSignal): Promise<Answered> {
  return await read(await openChat(door, fields, signal));
}

/** Everything the process put on record so far. */
export async function entriesOf({ dataDir }: Pick<Gateway, 'dataDir'>): Promise<Entry[]> {
  return await allEntries(join(dataDir, 'audit'));
}

export async function recorded(
  gateway: Pick<Gateway, 'dataDir'>,
  action: string,
  exchange?: string,
): Promise<Entry[]> {
  const entries = await entriesOf(gateway);
  return entries.filter(
    (entry) => entry.action === action && (exchange === undefined || entry.metadata['exchange'] === exchange),
  );
}

/** The outcome of an exchange, once it is on record. */
export async function outcomeOf(
  gateway: Pick<Gateway, 'dataDir'>,
  exchange: string,
): Promise<Readonly<Record<string, unknown>>> {
  const [entry] = await until(
    () => recorded(gateway, 'exchange.outcome', exchange),
    (entries) => entries.length > 0,
  );
  return entry?.metadata ?? {};
}

/** One metric of the process, summed over its labels; 0 if it is not there. */
export async function metric({ adminUrl }: Pick<Gateway, 'adminUrl'>, name: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const PASSING = new Set(['rate.held', 'ledger.unavailable', 'audit.unavailable', 'store.unavailable']);
/** Less than tests of races have, so that they say what they wait for. */
const SPENT_WITHIN_MS = 150_000;

/** Calls until the budget is said to be spent. */
async function spend(door: Door, fields: object): Promise<void> {
  const end = performance.now() + SPENT_WITHIN_MS;
  for (;;) {
    const { status, code } = await chat(door, fields);
    if (performance.now() > end)
      throw new Error(`not spent in ${SPENT_WITHIN_MS} ms; last: ${code || status}`);
    if (code === 'budget.exceeded') return;
    if (code === '') continue;
    if (!PASSING.has(code)) throw new Error(`${status} ${code}`);
    // A machine that is too busy, or has lost its ledger, refuses, which spends nothing.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** So many callers, door by door, until the budget is said to be spent to each. */
export async function spendAll(doors: readonly Door[], callers: number, fields: object): Promise<void> {
  const shares = Array.from({ length: callers }, (_, caller) => doors[caller % doors.length]);
  await Promise.all(shares.map(async (door) => door && (await spend(door, fields))));
}
