/** The ledger's scripts as Redis gets them, and the words they speak: arguments in, replies out. */
import { readFileSync } from 'node:fs';
import { utcDay } from '../../base/clock.ts';
import type {
  Admitted,
  AdmitRequest,
  NotAdmitted,
  RefusalReason,
  Scope,
  ScopeKind,
  Usage,
  WindowState,
} from '../../ports/ledger.ts';
import type { WindowsMs } from './ledger-windows.ts';

const FILES = {
  batch: 'batch.lua',
  beat: 'beat.lua',
  usage: 'usage.lua',
  keyVersion: 'key-version.lua',
  rebuild: 'rebuild.lua',
} as const;

export type ScriptName = keyof typeof FILES;
/** Those that are called one by one. */
export type LoneScript = Exclude<ScriptName, 'batch'>;
export type Argument = string | number;

/** What every script returns: a word, the server's time in milliseconds, and the rest. */
export type Reply = readonly [word: string, nowMs: number, ...rest: (string | number)[]];

/** Runs a script and awaits its reply for `waitMs` at most. @throws Error on an outage, an error reply, no reply */
export type Call = (script: LoneScript, args: readonly Argument[], waitMs: number) => Promise<Reply>;

function read(file: string): string {
  return readFileSync(new URL(`./${file}`, import.meta.url), 'utf8');
}

/** Text of each script: what all share, then its own. Files are read when this is called. */
export function readScripts(): Record<ScriptName, string> {
  const shared = read('scope.lua');
  const text = (name: ScriptName) => `${shared}\n${read(FILES[name])}`;
  const called = (name: string) => `local function ${name}(OWN, ALL)\n${read(`${name}.lua`)}\nend\n`;
  return {
    batch: `${shared}\n${called('admit')}${called('settle')}${read(FILES.batch)}`,
    beat: text('beat'),
    usage: text('usage'),
    keyVersion: text('keyVersion'),
    rebuild: text('rebuild'),
  };
}

/** @throws Error if it is not what a script of ours returns */
export function asReply(value: unknown): Reply {
  if (!isReply(value)) throw new Error('the ledger gave an unreadable reply');
  return value;
}

/** Of batch.lua: one for each call, and what it has seen. @throws Error if it is not what it returns */
export function asReplies(value: unknown): readonly Reply[] {
  const found: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
  const replies: readonly unknown[] = Array.isArray(found) ? found : [];
  return replies.map(asReply);
}

function isReply(value: unknown): value is Reply {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || typeof value[1] !== 'number') return false;
  const items: readonly unknown[] = value;
  return items.every((item) => typeof item === 'string' || typeof item === 'number');
}

/** A number of a reply, by position. @throws Error */
export function numberAt(reply: Reply, position: number): number {
  const value = reply[position];
  if (typeof value !== 'number') throw new Error('the ledger gave an unreadable reply');
  return value;
}

/** Arguments of a call within a batch, both as JSON arrays: its own, and those that many have in common. */
export interface CallArguments {
  readonly own: string;
  readonly all: string;
}

interface AdmitContext {
  readonly epoch: string;
  readonly process: string;
  readonly deadlineMs: number;
  readonly windowsMs: WindowsMs;
}

/** Arguments of admit.lua. */
export function admitArguments(request: AdmitRequest, context: AdmitContext): CallArguments {
  const own: Argument[] = [
    context.deadlineMs,
    request.reservationId,
    request.tokens,
    request.nano,
    request.keyVersion === undefined ? '' : (request.keyId ?? ''),
    request.keyVersion ?? 0,
  ];
  return { own: JSON.stringify(own), all: ofAll(request.scopes, context) };
}

/** Callers keep their scopes from call to call, and a process its epoch. */
const ofScopes = new WeakMap<
  readonly Scope[],
  { readonly text: string } & Omit<AdmitContext, 'deadlineMs'>
>();

function ofAll(scopes: readonly Scope[], { epoch, process, windowsMs }: AdmitContext): string {
  let known = ofScopes.get(scopes);
  if (known?.epoch !== epoch || known.process !== process || known.windowsMs !== windowsMs) {
    const { minute, hour, day } = windowsMs;
    const told = scopes.findIndex((scope) => scope.kind === 'user') + 1;
    const args: Argument[] = [epoch, process, minute, hour, day, told];
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
    known = { text: JSON.stringify(args), epoch, process, windowsMs };
    ofScopes.set(scopes, known);
  }
  return known.text;
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
