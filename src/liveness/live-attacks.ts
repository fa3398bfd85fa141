/** Attacks in a live session of Realtime, by its own events: in an item, in an answer, in the settings. */
import { sayingLive } from './answers.ts';
import { type Attack, attack, OFF_BY_POLICY, offFor } from './attack.ts';
import { allows, answerActionOf, deniedTool, type Policy, profilesOf, strongestOf } from './expected.ts';
import { plantedData } from './plants.ts';
import { hiddenIn } from './request-attacks.ts';
import { actedUpon, actedUponInAnswer, refusedWith } from './seen.ts';

export function liveAttacks(policy: Policy): readonly Attack[] {
  if (!allows(policy, 'sockets.realtime', 'realtime'))
    return [offFor('realtime', 'no live sessions are opened')];
  const all = [...saidUp(policy), ...saidDown(policy), ...toolDeclared(policy)];
  return all.length > 0 ? all : [offFor('realtime', OFF_BY_POLICY)];
}

const TARGET = '/v1/realtime?model=gpt-realtime';

/** What is observed is on record with the call that reads it, so it is said in one. */
function saidUp(policy: Policy): readonly Attack[] {
  for (const profile of profilesOf(policy)) {
    const found = hiddenIn(profile, policy.guardrails);
    if (!found) continue;
    const { expected, text } = found;
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    const event =
      expected.action === 'observe'
        ? { type: 'response.create', response: { conversation: 'none', input: [item] } }
        : { type: 'conversation.item.create', item };
    const call = { tier: profile.tier, target: TARGET, event, answer: sayingLive('Yes.') };
    return [attack('realtime', { ...call, planted: expected.values }, (seen) => actedUpon(seen, expected))];
  }
  return [];
}

function saidDown({ guardrails }: Policy): readonly Attack[] {
  const strongest = strongestOf((type) => answerActionOf(type, guardrails));
  if (!strongest) return [];
  const { type, action } = strongest;
  const value = plantedData(type);
  const call = {
    target: TARGET,
    event: { type: 'response.create' },
    answer: sayingLive(`They wrote: ${value} and left.`),
  };
  return [
    attack('realtime', call, (seen) =>
      actedUponInAnswer(seen, { action, guardrail: 'pii', values: [value] }),
    ),
  ];
}

function toolDeclared({ tools }: Policy): readonly Attack[] {
  const name = deniedTool(tools);
  if (name === undefined) return [];
  const tool = { type: 'function', name, parameters: { type: 'object' } };
  const event = { type: 'session.update', session: { type: 'realtime', tools: [tool] } };
  // What got through is answered, so that nobody waits for an end.
  const call = { target: TARGET, event, answer: sayingLive('Yes.') };
  return [attack('realtime', call, (seen) => refusedWith(seen, 'tool.denied'))];
}
