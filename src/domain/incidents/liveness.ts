/**
 * What is known of each control of the house: whether it fired when it was last tried. Pure; what tries them stands in
 * `liveness/`. Nothing that could not be tried counts as having fired.
 */
import { z } from 'zod';

/** The section `liveness`. */
export const livenessSchema = z.strictObject({
  /** How often every control is tried; 0: never, and nothing is told of them. */
  everySeconds: z.int().min(0).max(3600).default(60),
  /** All of them together; what was not tried by then could not be tried. */
  timeoutMs: z.int().min(100).max(60_000).default(45_000),
});
/** After the schema. */
export type LivenessSettings = z.infer<typeof livenessSchema>;

/** All that is tried, and what is expected of it where it is on. */
export const CONTROLS = {
  credentials: 'what is no credential, an unknown key, an unsigned token open nothing',
  'revoked-keys': 'a copy of a key older than its newest version opens nothing',
  operations: 'administration, and what the policy does not allow, is not relayed',
  objects: 'an object that nobody here made is not shown',
  injection: 'orders in what a user says are acted upon',
  'tool-injection': 'orders in the result of a tool are acted upon',
  'personal-data': 'personal data in a request are acted upon',
  secrets: 'secrets in a request are acted upon',
  'large-bodies': 'what is screened in a worker is screened as well',
  uploads: 'secrets in a file are acted upon',
  sockets: 'what is said on a socket for Responses is acted upon, both ways',
  realtime:
    'what is said in a live session is acted upon, both ways, and a denied tool cannot be declared there',
  detector: 'the detector answers, and what it finds is acted upon',
  'answer-personal-data': 'personal data in an answer are acted upon',
  'answer-secrets': 'secrets in an answer are acted upon',
  'answer-streams': 'an answer that comes in pieces is screened as well',
  'answer-links': 'addresses of other hosts in an answer are acted upon',
  'prompt-leak': 'the system text in an answer is acted upon',
  'denied-tools': 'a tool that is not allowed cannot be declared',
  'denied-calls': 'a call of such a tool in an answer does not leave',
  approvals: 'a call that a person must allow does not leave before',
  'rate-limit': 'calls beyond a limit are refused',
  'token-limit': 'tokens beyond a limit are refused',
  budget: 'money beyond a budget is refused',
  'audit-log': 'an intent before the first byte leaves, one outcome; one entry a refusal; no content',
} as const;
/** One of them. */
export type Control = keyof typeof CONTROLS;

/** In their order. */
export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly Control[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- of a constant

/**
 * What came of trying one. `off`: the policy has switched it off, so that nothing is expected. `untried`: it could not be
 * told, as something else ended the call.
 */
export type Result = 'fired' | 'silent' | 'untried' | 'off';

/** Of one control, of one run. */
export interface Verdict {
  readonly control: Control;
  readonly result: Result;
  /** Why it is off, silent or untried: words of ours, codes. */
  readonly reason?: string | undefined;
}

/** As operators are told. `unknown`: it has not fired since the start of this process. */
export interface GuardStatus {
  readonly control: Control;
  readonly result: 'fired' | 'silent' | 'off' | 'unknown';
  readonly reason?: string | undefined;
  /** Milliseconds since 1970. */
  readonly triedAt?: number | undefined;
  readonly firedAt?: number | undefined;
}

/** What a run has changed. */
export interface Changes {
  /** Those that are silent, also if they were before. */
  readonly silent: readonly GuardStatus[];
  /** Those that were silent, and fire. */
  readonly recovered: readonly GuardStatus[];
}

/** After so many runs in which it could not be told, a control counts as silent. */
const UNTRIED_MAX = 3;
/** What is away has a check of its own, and a house that is busy is not unsafe: both refuse. */
const SAID_ELSEWHERE = /^(?:(?:ledger|store|audit|auth)\.unavailable|guardrail\.busy|rate\.screening)$/;

interface Known {
  readonly status: GuardStatus;
  /** Runs in a row in which it could not be told. */
  readonly misses: number;
}

/** What is known since the start of this process. Nothing at first, which is no proof of anything. */
export class GuardLiveness {
  readonly #known = new Map<Control, Known>(
    CONTROL_NAMES.map((control) => [control, { status: { control, result: 'unknown' }, misses: 0 }]),
  );

  /** Of all controls, at this time. */
  take(verdicts: readonly Verdict[], at: number): Changes {
    const recovered: GuardStatus[] = [];
    for (const verdict of verdicts) {
      const before = this.#known.get(verdict.control);
      const now = after(before, verdict, at);
      this.#known.set(verdict.control, now);
      if (before?.status.result === 'silent' && now.status.result === 'fired') recovered.push(now.status);
    }
    return { silent: this.list().filter(({ result }) => result === 'silent'), recovered };
  }

  /** All of them, in their order. */
  list(): readonly GuardStatus[] {
    return Array.from(this.#known.values(), ({ status }) => status);
  }

  /** For `/readyz`: which are silent, or not known yet; undefined where all is well. */
  reason(): string | undefined {
    const told = (['silent', 'unknown'] as const).flatMap((wanted) => {
      const names = this.list().filter(({ result }) => result === wanted);
      return names.length === 0
        ? []
        : [`${WORDS[wanted]}: ${names.map(({ control }) => control).join(', ')}`];
    });
    return told.length === 0 ? undefined : told.join('; ');
  }
}

const WORDS = { silent: 'did not fire', unknown: 'not tried yet' } as const;

function after(before: Known | undefined, { control, result, reason }: Verdict, at: number): Known {
  const last = before?.status.result ?? 'unknown';
  const seen = { control, triedAt: at, firedAt: result === 'fired' ? at : before?.status.firedAt };
  if (result !== 'untried') return { status: { ...seen, result, reason }, misses: 0 };
  const counts = last !== 'unknown' && !SAID_ELSEWHERE.test(reason ?? '');
  const misses = counts ? (before?.misses ?? 0) + 1 : 0;
  const told = `could not be tried: ${reason ?? ''}`;
  // What was off, and is not any more, has proved nothing.
  const stays = last === 'off' ? 'unknown' : last;
  return { status: { ...seen, result: misses >= UNTRIED_MAX ? 'silent' : stays, reason: told }, misses };
}
