/** The page of keys: made, rotated, revoked. The text of a key is shown once and kept nowhere. */
import { badge, button, code, confirmed, day, element, form, heading, say, table } from './elements.js';
import { api, listed } from './session.js';

function stateOf(key) {
  if (key.revokedAt) return 'revoked';
  if (key.expiresAt && new Date(key.expiresAt) < new Date()) return 'expired';
  if (key.exposedAt) return 'exposed';
  return key.old ? 'old' : 'active';
}

/** The new secret, to be taken from here and nowhere else. */
export function secretOf({ id, key }) {
  const copy = button('Copy', async () => {
    await navigator.clipboard.writeText(key);
    say('Copied.');
  });
  return element(
    'p',
    { className: 'secret' },
    `Key ${id}, shown once: `,
    element('output', {}, key),
    ' ',
    navigator.clipboard ? copy : '',
  );
}

function actionsOf(key, refresh, shown) {
  if (key.revokedAt) return '';
  const rotate = button('Rotate', async () => {
    if (
      !(await confirmed(
        `A new secret for ${key.id} of ${key.user}? The present one ends in an hour.`,
        'Rotate',
      ))
    )
      return;
    const made = await api('POST', `/admin/keys/${encodeURIComponent(key.id)}/rotate`, {
      overlapSeconds: 3600,
    });
    shown.replaceChildren(secretOf(made));
    await refresh();
  });
  const revoke = button(
    'Revoke',
    async () => {
      if (!(await confirmed(`End ${key.id} of ${key.user}, everywhere and for good?`, 'Revoke'))) return;
      await api('DELETE', `/admin/keys/${encodeURIComponent(key.id)}`);
      say(`${key.id} is revoked.`);
      await refresh();
    },
    'danger',
  );
  return element('div', { className: 'line' }, rotate, revoke);
}

export const KEY_COLUMNS = [
  ['Key', ({ id }) => code(id)],
  ['User', ({ user }) => user],
  ['Team', ({ team }) => team],
  ['Tier', ({ tier }) => tier],
  ['Role', ({ role, administers }) => (administers ? `${role} of the team` : role)],
  ['Name', ({ name }) => name],
  ['Created', ({ createdAt }) => day(createdAt)],
  ['Ends', ({ expiresAt }) => day(expiresAt)],
  ['State', (key) => badge(stateOf(key))],
];

export async function show(place, { me }) {
  const shown = element('div', { role: 'status' });
  const list = element('div');
  const refresh = async () => {
    const keys = await listed('/admin/keys');
    const columns = [...KEY_COLUMNS, ['', (key) => actionsOf(key, refresh, shown)]];
    list.replaceChildren(table('Keys, the oldest first', columns, keys, 'There are no keys yet.'));
  };
  const name = '[A-Za-z0-9._:\\-]{1,128}';
  const create = form(
    {
      user: { text: 'User', required: true, pattern: name, autocomplete: 'off' },
      tier: { text: 'Tier', required: true, value: 'free', autocomplete: 'off' },
      role: { text: 'Role', options: ['user', 'developer', 'admin'] },
      team: { text: 'Team', pattern: name, value: me.team ?? '', autocomplete: 'off' },
      name: { text: 'Name', maxLength: 128, autocomplete: 'off' },
    },
    'Create',
    async ({ team, name: called, ...wanted }, made) => {
      const more = { ...(team && { team }), ...(called && { name: called }) };
      shown.replaceChildren(secretOf(await api('POST', '/admin/keys', { ...wanted, ...more })));
      made.reset();
      await refresh();
    },
  );
  place.append(heading('A new key'), create, shown, heading('Keys'), list);
  await refresh();
}
