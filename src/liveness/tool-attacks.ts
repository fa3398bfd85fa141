/** Attacks on the process that runs tools: who calls, what they say to a tool, what a tool says, and which may be run. */
import { type Attack, attack, type Make, OFF_BY_POLICY, offFor } from './attack.ts';
import type { ProbeCall } from './call.ts';
import {
  actionOf,
  answerActionOf,
  deniedTool,
  heldTool,
  type Policy,
  profilesOf,
  strongestOf,
} from './expected.ts';
import { plantedData, plantedKey, plantedWord } from './plants.ts';
import { ORDER, ORDER_IN_RESULT, marked } from './request-attacks.ts';
import { PROBE_TOOL } from './sealed-tool.ts';
import {
  actedUpon,
  actedUponInAnswer,
  FIRED,
  type Judged,
  refusedWith,
  type Seen,
  silent,
  untried,
} from './seen.ts';

/** All that is promised of tools by this policy. */
export function toolAttacks(policy: Policy): readonly Attack[] {
  return [
    ...[undefined, plantedWord(), plantedKey()].map(stranger),
    attack('revoked-keys', { ...calling(), held: 'stale' }, (seen) => refusedWith(seen, 'auth.invalid')),
    ...inArguments(policy),
    ...inOutput(policy),
    ...byName(policy),
    { control: 'rate-limit', run: flood },
    attack('audit-log', calling(), (seen) => (seen.sentUp === undefined ? untried(seen) : FIRED)),
  ];
}

/** @param says what the tool says */
function calling(args: object = {}, says = 'Done.', name = PROBE_TOOL): ProbeCall {
  return {
    target: `/tools/${name}`,
    body: args,
    answer: { contentType: 'application/json', pieces: [says] },
  };
}

function stranger(credential: string | undefined): Attack {
  const call = {
    ...calling(),
    stranger: { credential },
    planted: credential === undefined ? [] : [credential],
  };
  return attack('credentials', call, (seen) => refusedWith(seen, 'auth.'));
}

/** Nothing is cut out of arguments: what would be stops the call, but personal data, which are observed. */
function inArguments(policy: Policy): readonly Attack[] {
  return profilesOf(policy).flatMap(({ tier, injection, secrets, pii }) => {
    const secret = plantedKey();
    const strongest = strongestOf((type) => actionOf(type, pii, policy.guardrails.pii));
    const value = strongest && plantedData(strongest.type);
    const said = (
      control: 'injection' | 'secrets' | 'personal-data',
      text: string,
      action: string,
    ): Attack => {
      if (action === 'off') return offFor(control, OFF_BY_POLICY);
      const guardrail = control === 'personal-data' ? 'pii' : control;
      const isStopped = action === 'block' || (action === 'redact' && guardrail !== 'pii');
      const expected = { action: isStopped ? 'block' : 'observe', guardrail, values: [text] } as const;
      const call = { ...calling({ note: `Keep this for me: ${text}` }), tier, planted: [text] };
      return attack(control, call, (seen) => actedUpon(seen, expected));
    };
    return [
      said('injection', `${ORDER} ${plantedWord()}`, injection),
      said('secrets', secret, secrets),
      said('personal-data', value ?? '', strongest?.action ?? 'off'),
    ];
  });
}

/** As in answers of models; orders as in the results of tools that a request brings. */
function inOutput(policy: Policy): readonly Attack[] {
  const { guardrails } = policy;
  const strongest = strongestOf((type) => answerActionOf(type, guardrails));
  const secret = plantedKey();
  const value = strongest && plantedData(strongest.type);
  return [
    saying('answer-personal-data', 'pii', strongest?.action ?? 'off', value ?? ''),
    saying('answer-secrets', 'secrets', guardrails.answers.secrets, secret),
    ...profilesOf(policy).map(({ tier, injection }) => {
      if (injection === 'off') return offFor('tool-injection', OFF_BY_POLICY);
      const isMarked = injection === 'block' && guardrails.injection.toolResults === 'taint';
      const expected = { action: injection, guardrail: 'injection', values: [ORDER_IN_RESULT] };
      const call = { ...calling({}, `${ORDER_IN_RESULT} ${plantedWord()}`), tier };
      return attack('tool-injection', call, (seen) =>
        isMarked ? marked(seen) : actedUponInAnswer(seen, expected),
      );
    }),
  ];
}

function saying(
  control: 'answer-personal-data' | 'answer-secrets',
  guardrail: string,
  action: Policy['guardrails']['answers']['secrets'],
  value: string,
): Attack {
  if (action === 'off') return offFor(control, OFF_BY_POLICY);
  const call = { ...calling({}, `They wrote: ${value} and left.`), planted: [value] };
  return attack(control, call, (seen) => actedUponInAnswer(seen, { action, guardrail, values: [value] }));
}

function byName({ tools }: Policy): readonly Attack[] {
  const denied = deniedTool(tools);
  const held = heldTool(tools);
  return [
    denied === undefined
      ? offFor('denied-calls', 'every tool is allowed')
      : attack('denied-calls', calling({}, 'Done.', denied), (seen) => refusedWith(seen, 'tool.denied')),
    held === undefined
      ? offFor('approvals', 'no tool that is allowed needs an approval')
      : attack('approvals', calling({}, 'Done.', held), waits),
  ];
}

/** Rules of arguments may stop it before anybody is asked. */
function waits(seen: Seen): Judged {
  if (seen.sentUp !== undefined) return silent('it was run');
  return seen.code?.startsWith('tool.') === true ? FIRED : untried(seen);
}

/** One a minute is the limit. Other processes share it, so that the first may be refused already. */
async function flood(make: Make): Promise<Judged> {
  const call = { ...calling(), held: 'rate' } as const;
  const first = await make(call);
  return refusedWith(first.sentUp === undefined ? first : await make(call), 'rate.requests');
}
