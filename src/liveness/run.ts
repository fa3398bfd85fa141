/**
 * One run of the probe: every attack that the policy in force promises to stop, one after the other, and what is on record
 * of each. Costs some milliseconds, and gives way to callers between two calls.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { asRefusal } from '../base/errors.ts';
import { type Control, CONTROL_NAMES, type Verdict } from '../domain/incidents/liveness.ts';
import { accessAttacks, limitAttacks } from './access-attacks.ts';
import { answerAttacks } from './answer-attacks.ts';
import { saying } from './answers.ts';
import { type Attack, attack, chat, type Make, user } from './attack.ts';
import { type CallOptions, ProbeLine, TimedOut } from './call.ts';
import type { Policy } from './expected.ts';
import { furtherAttacks } from './further-attacks.ts';
import { liveAttacks } from './live-attacks.ts';
import { recordFault } from './recorded.ts';
import { requestAttacks } from './request-attacks.ts';
import { FIRED, type Judged, silent, untried } from './seen.ts';

export interface RunOptions extends Omit<CallOptions, 'tier'> {
  /** Makes the ledger know a newer version of the stale key. @throws ledger.unavailable */
  readonly outdate: () => Promise<void>;
  /** What is in force while it runs. */
  readonly policy: Policy;
  /** All that it promises; of the gateway where left out. */
  readonly attacks?: ((policy: Policy) => readonly Attack[]) | undefined;
}

/** A verdict on every control, in their order; never rejects. What is silent was tried twice. */
export async function runProbe(options: RunOptions): Promise<readonly Verdict[]> {
  const { policy, attacks = attacksOf } = options;
  const tier = Object.keys(policy.tiers)[0] ?? '';
  const line = new ProbeLine({ ...options, tier });
  const judged = new Map<Control, Judged[]>();
  const told = (control: Control, one: Judged): void =>
    void judged.set(control, [...(judged.get(control) ?? []), one]);
  const make: Make = async (call) => {
    if (call.held === 'stale') await options.outdate();
    const seen = await line.call(call);
    // A socket is an exchange, and each call on it another.
    const fault = call.event ? undefined : recordFault(seen, call);
    if (fault !== undefined) told('audit-log', silent(fault));
    return seen;
  };
  const reasons = new Map<Control, string | undefined>();
  for (const [i, one] of attacks(policy).entries()) {
    await turn();
    if (!one.run) reasons.set(one.control, one.off);
    else told(one.control, await judge(one, make, () => attacks(policy)[i]));
  }
  return CONTROL_NAMES.map((control) => verdictOn(control, judged.get(control), reasons.get(control)));
}

function attacksOf(policy: Policy): readonly Attack[] {
  return [
    ...accessAttacks(policy),
    ...requestAttacks(policy),
    ...furtherAttacks(policy),
    ...liveAttacks(policy),
    ...answerAttacks(policy),
    ...limitAttacks(),
    harmless(),
  ];
}

/** Whatever else is refused: what is sent is on record first. */
function harmless(): Attack {
  const call = { body: chat([user('Are you there?')]), answer: saying('Yes.') };
  return attack('audit-log', call, (seen) => (seen.sentUp === undefined ? untried(seen) : FIRED));
}

/** @param anew the same attack with other words: what was read once is not read again */
async function judge(one: Attack, make: Make, anew: () => Attack | undefined): Promise<Judged> {
  const first = await attempt(one, make);
  const again = first.result === 'silent' ? anew() : undefined;
  return again ? await attempt(again, make) : first;
}

async function attempt({ run }: Attack, make: Make): Promise<Judged> {
  try {
    return (await run?.(make)) ?? FIRED;
  } catch (error) {
    return { result: 'untried', reason: error instanceof TimedOut ? 'timeout' : asRefusal(error).code };
  }
}

/** The worst of what its attacks came to. */
function verdictOn(control: Control, all: readonly Judged[] = [], off = 'nothing of this process'): Verdict {
  if (all.length === 0) return { control, result: 'off', reason: off };
  const worst = (['silent', 'untried', 'fired'] as const).flatMap((wanted) =>
    all.filter(({ result }) => result === wanted),
  )[0];
  return { control, ...(worst ?? FIRED) };
}
