/** Attacks by other ways than a body of JSON: in a file, on a socket both ways; and what a detector has to say. */
import { sayingOnSocket } from './answers.ts';
import { type Attack, attack, chat, OFF_BY_POLICY, offFor, user } from './attack.ts';
import { allows, type Policy, profilesOf } from './expected.ts';
import { plantedKey, plantedWord } from './plants.ts';
import { marked } from './request-attacks.ts';
import { saidDown, saidUp, type Spoken } from './said-on-sockets.ts';
import { actedUpon, FIRED, type Judged, refusedWith, type Seen, silent } from './seen.ts';

export function furtherAttacks(policy: Policy): readonly Attack[] {
  return [upload(policy), ...sockets(policy), detector(policy)];
}

/** A file is read whole, and goes up as it is or not at all. */
function upload(policy: Policy): Attack {
  if (!allows(policy, 'files.create')) return offFor('uploads', 'no files are taken');
  const profile = profilesOf(policy).find(({ secrets }) => secrets !== 'off');
  if (!profile) return offFor('uploads', OFF_BY_POLICY);
  const secret = plantedKey();
  const file = `Notes of the day.\nKeep this for me: ${secret}\n`;
  const call = { tier: profile.tier, target: '/v1/files', file, planted: [secret] };
  return attack('uploads', call, (seen) =>
    actedUpon(seen, { action: profile.secrets, guardrail: 'secrets', values: [secret] }),
  );
}

const SOCKET = '/v1/responses';
/** Nothing is kept, so that nobody has to own it. */
const say = (input: string): object => ({
  type: 'response.create',
  model: 'gpt-4o-mini',
  input,
  store: false,
});

const SPOKEN: Spoken = {
  control: 'sockets',
  target: SOCKET,
  saying: say,
  asking: say('What did they say?'),
  answering: sayingOnSocket,
};

function sockets(policy: Policy): readonly Attack[] {
  if (!allows(policy, 'sockets.responses', 'responses'))
    return [offFor('sockets', 'no live sockets are opened')];
  const all = [...saidUp(policy, SPOKEN), ...saidDown(policy, SPOKEN)];
  return all.length > 0 ? all : [offFor('sockets', OFF_BY_POLICY)];
}

/** Whether the service answers, and whether what it finds is acted upon; what it finds is its own matter. */
function detector({ detector: rules }: Policy): Attack {
  if (!rules) return offFor('detector', 'none is configured');
  const { action, onFailure, roles } = rules;
  if (action === 'off') return offFor('detector', OFF_BY_POLICY);
  const shown = `The ${plantedWord()} of the ${plantedWord()}.`;
  const isOfTool = roles.every((role) => role === 'tool');
  const message = isOfTool
    ? { role: 'tool', tool_call_id: 'call_probe', content: shown }
    : roles.includes('user')
      ? user(shown)
      : { role: 'system', content: shown };
  const messages = isOfTool || !roles.includes('user') ? [message, user('Go on.')] : [message];
  return attack('detector', { body: chat(messages), shown }, (seen) => {
    if (onFailure === 'pass' && isFound(seen, 'detector:failed')) return FIRED;
    if (action === 'observe') return onRecord(seen);
    return isOfTool && seen.sentUp !== undefined ? marked(seen) : refusedWith(seen, 'guardrail.detector');
  });
}

function onRecord(seen: Seen): Judged {
  if (seen.sentUp === undefined) return refusedWith(seen, 'guardrail.detector');
  return isFound(seen, 'detector:probe') ? FIRED : silent('it was not on record');
}

function isFound({ entries }: Seen, name: string): boolean {
  return entries.some(({ metadata }) => Object.hasOwn(Object(metadata['findings']), name));
}
