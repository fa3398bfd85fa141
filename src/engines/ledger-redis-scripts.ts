/** The ledger's scripts as Redis gets them, and the words they speak: arguments in, replies out. */
import { readFileSync } from 'node:fs';
import { utcDay } from '../base/clock.ts';
import type {
  Admitted,
  AdmitRequest,
  NotAdmitted,
  RefusalReason,
  ScopeKind,
  Usage,
  WindowState,
} from '../ports/ledger.ts';
import type { WindowsMs } from './ledger-windows.ts';

const FILES = {
  admit: 'admit.lua',
  settle: 'settle.lua',
  beat: 'beat.lua',
  usage: 'usage.lua',
  keyVersion: 'key-version.lua',
  seed: 'seed.lua',
} as const;

export type ScriptName = keyof typeof FILES;
export type Argument = string | number;

/** What every script returns: a word, the server's time in milliseconds, and the rest. */
export type Reply = readonly [word: string, nowMs: number, ...rest: (string | number)[]];

/** Runs a script and awaits its reply for `waitMs` at most. @throws Error on an outage, an error reply, no reply */
export type Call = (script: ScriptName, args: readonly Argument[], waitMs: number) => Promise<Reply>;

function read(file: string): string {
  return readFileSync(new URL(`./ledger/${file}`, import.meta.url), 'utf8');
}

/** Text of each script: what all share, then its own. Files are read when this is called. */
export function readScripts(): Record<ScriptName, string> {
  const shared = read('scope.lua');
  const text = (name: ScriptName) => `${shared}\n${read(FILES[name])}`;
  return {
    admit: text('admit'),
    settle: text('settle'),
    beat: text('beat'),
    usage: text('usage'),
    keyVersion: text('keyVersion'),
    seed: text('seed'),
  };
}

/** @throws Error if it is not what a script of ours returns */
export function asReply(value: unknown): Reply {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const [word, nowMs, ...rest] = items;
  const plain = rest.filter((item) => typeof item === 'string' || typeof item === 'number');
  if (typeof word !== 'string' || typeof nowMs !== 'number' || plain.length !== rest.length) {
    throw new Error('the ledger gave an unreadable reply');
  }
  return [word, nowMs, ...plain];
}

/** A number of a reply, by position. @throws Error */
export function numberAt(reply: Reply, position: number): number {
  const value = reply[position];
  if (typeof value !== 'number') throw new Error('the ledger gave an unreadable reply');
  return value;
}

/** Arguments of admit.lua. */
export function admitArguments(
  request: AdmitRequest,
  context: { epoch: string; process: string; deadlineMs: number; windowsMs: WindowsMs },
): Argument[] {
  const { scopes } = request;
  const { minute, hour, day } = context.windowsMs;
  const args: Argument[] = [
    context.epoch,
    context.process,
    context.deadlineMs,
    request.reservationId,
    request.tokens,
    request.nano,
    request.keyVersion === undefined ? '' : (request.keyId ?? ''),
    request.keyVersion ?? 0,
    minute,
    hour,
    day,
    scopes.findIndex((scope) => scope.kind === 'user') + 1,
  ];
  for (const scope of scopes) {
    args.push(
      `${scope.kind}:${scope.id}`,
      scope.requestsPerMinute ?? '',
      scope.requestsPerHour ?? '',
      scope.requestsPerDay ?? '',
      scope.tokensPerMinute ?? '',
      scope.concurrency ?? '',
      scope.dailyBudgetNano ?? '',
      scope.monthlyBudgetNano ?? '',
    );
  }
  return args;
}

const REASONS: readonly RefusalReason[] = [
  'requests',
  'tokens',
  'concurrency',
  'budget',
  'held',
  'stale_key',
];

/** Reply of admit.lua to `admitted` or `refused`. @throws Error if it is unreadable */
export function admitAnswer(reply: Reply, request: AdmitRequest, dayMs: number): Admitted | NotAdmitted {
  if (reply[0] === 'admitted') {
    return { admitted: true, day: utcDay(numberAt(reply, 2) * dayMs), ...windows(reply, 3) };
  }
  const reason = REASONS.find((known) => known === reply[2]);
  if (reason === undefined) throw new Error('the ledger gave an unreadable reply');
  const scope: ScopeKind = request.scopes[numberAt(reply, 3) - 1]?.kind ?? 'key';
  return { admitted: false, reason, scope, retryAfterMs: numberAt(reply, 4), ...windows(reply, 5) };
}

/** Reply of usage.lua. @throws Error if it is unreadable */
export function usageAnswer(reply: Reply, dayMs: number): Usage {
  return {
    day: utcDay(numberAt(reply, 2) * dayMs),
    requests: numberAt(reply, 3),
    tokens: numberAt(reply, 4),
    settledNano: numberAt(reply, 5),
    reservedNano: numberAt(reply, 6),
    monthSettledNano: numberAt(reply, 7),
  };
}

function windows(reply: Reply, from: number): Pick<Admitted, 'requests' | 'tokens'> {
  return { requests: windowAt(reply, from), tokens: windowAt(reply, from + 3) };
}

function windowAt(reply: Reply, from: number): WindowState | undefined {
  const limit = numberAt(reply, from);
  if (limit < 0) return undefined;
  return { limit, remaining: numberAt(reply, from + 1), resetMs: numberAt(reply, from + 2) };
}
