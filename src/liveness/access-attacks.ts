/** Attacks on who may call, and how much: credentials that open nothing, operations that are not relayed, limits. */
import type { Endpoint } from '../openai/endpoint.ts';
import { ENDPOINTS } from '../openai/endpoints/index.ts';
import { saying } from './answers.ts';
import { type Attack, attack, chat, type Make, offFor, user } from './attack.ts';
import type { Policy } from './expected.ts';
import { plantedKey, plantedWord } from './plants.ts';
import { type Judged, refusedWith } from './seen.ts';

export function accessAttacks(policy: Policy): readonly Attack[] {
  const stale = { body: HARMLESS, held: 'stale' } as const;
  return [
    ...[undefined, plantedWord(), plantedKey(), UNSIGNED].map(stranger),
    attack('revoked-keys', stale, (seen) => refusedWith(seen, 'auth.invalid')),
    ...targetsNotRelayed(policy).map((target) =>
      attack('operations', { method: 'GET', target }, (seen) => refusedWith(seen, 'access.')),
    ),
    objectOfNobody(policy),
  ];
}

const HARMLESS = chat([user('How many are there?')]);
/** A token of somebody who says that it needs no signature (RFC 7519, section 6). */
const UNSIGNED = [{ alg: 'none' }, { iss: 'probe', aud: 'probe', sub: 'probe', exp: 4_102_444_800 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('')
  .join('.');

function stranger(credential: string | undefined): Attack {
  const call = {
    body: HARMLESS,
    stranger: { credential },
    planted: credential === undefined ? [] : [credential],
  };
  return attack('credentials', call, (seen) => refusedWith(seen, 'auth.'));
}

function isPlain({ method, path }: Endpoint): boolean {
  return method === 'GET' && !path.includes('{');
}

/** Administration, what nobody knows, and the first operation that the policy leaves out; the probe itself chats. */
function targetsNotRelayed({ endpoints: { allow } }: Policy): readonly string[] {
  const isAllowed = ({ id, group }: Endpoint): boolean =>
    [...allow, 'chat.completions'].some(
      (name) => name === '*' || id.startsWith(name) || group.startsWith(name),
    );
  const rows = ENDPOINTS.filter(isPlain);
  const found = [
    rows.find(({ refused }) => refused !== undefined),
    rows.find((row) => row.refused === undefined && !isAllowed(row)),
  ];
  return ['/probe', ...found.flatMap((row) => (row ? [row.path] : []))].map((path) => `/v1${path}`);
}

function objectOfNobody({ objects: { isolation, unknown } }: Policy): Attack {
  if (isolation === 'off' || unknown === 'allow')
    return offFor('objects', 'ids that nobody here knows are allowed');
  const target = `/v1/chat/completions/chatcmpl-${plantedWord()}`;
  return attack('objects', { method: 'GET', target }, (seen) => refusedWith(seen, 'access.unknown_object'));
}

/** On a ledger that counts for the probe alone. */
export function limitAttacks(): readonly Attack[] {
  return [
    { control: 'rate-limit', run: flood },
    attack('token-limit', { body: HARMLESS, held: 'tokens' }, (seen) => refusedWith(seen, 'rate.tokens')),
    attack('token-limit', { body: HARMLESS, held: 'size' }, (seen) => refusedWith(seen, 'request.over_cap')),
    attack('budget', { body: HARMLESS, held: 'budget' }, (seen) => refusedWith(seen, 'budget.exceeded')),
  ];
}

/** One a minute is the limit. Other processes share it, so that the first may be refused already. */
async function flood(make: Make): Promise<Judged> {
  const call = { body: HARMLESS, held: 'rate', answer: saying('Two.') } as const;
  const first = await make(call);
  return refusedWith(first.sentUp === undefined ? first : await make(call), 'rate.requests');
}
