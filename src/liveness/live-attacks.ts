/** Attacks in a live session of Realtime, by its own events: in an item, in an answer, in the settings. */
import { sayingLive } from './answers.ts';
import { type Attack, attack, OFF_BY_POLICY, offFor } from './attack.ts';
import { allows, deniedTool, type Policy } from './expected.ts';
import { saidDown, saidUp, type Spoken } from './said-on-sockets.ts';
import { refusedWith } from './seen.ts';

export function liveAttacks(policy: Policy): readonly Attack[] {
  if (!allows(policy, 'sockets.realtime', 'realtime'))
    return [offFor('realtime', 'no live sessions are opened')];
  const all = [...saidUp(policy, SPOKEN), ...saidDown(policy, SPOKEN), ...toolDeclared(policy)];
  return all.length > 0 ? all : [offFor('realtime', OFF_BY_POLICY)];
}

const TARGET = '/v1/realtime?model=gpt-realtime';

const SPOKEN: Spoken = {
  control: 'realtime',
  target: TARGET,
  saying(text, isObserved) {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    return isObserved
      ? { type: 'response.create', response: { conversation: 'none', input: [item] } }
      : { type: 'conversation.item.create', item };
  },
  asking: { type: 'response.create' },
  answering: sayingLive,
};

function toolDeclared({ tools }: Policy): readonly Attack[] {
  const name = deniedTool(tools);
  if (name === undefined) return [];
  const tool = { type: 'function', name, parameters: { type: 'object' } };
  const event = { type: 'session.update', session: { type: 'realtime', tools: [tool] } };
  // What got through is answered, so that nobody waits for an end.
  const call = { target: TARGET, event, answer: sayingLive('Yes.') };
  return [attack('realtime', call, (seen) => refusedWith(seen, 'tool.denied'))];
}
