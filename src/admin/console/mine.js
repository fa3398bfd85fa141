/** The page of who signed in: their own keys, within the bounds of their group, and what they have used today. */
import { button, confirmed, element, form, heading, say, table } from './elements.js';
import { KEY_COLUMNS, secretOf } from './keys.js';
import { api, listed } from './session.js';
import { USAGE_COLUMNS } from './usage.js';

function revokeColumn(refresh) {
  const revoke = (id) => async () => {
    if (!(await confirmed(`End ${id}, everywhere and for good?`, 'Revoke'))) return;
    await api('DELETE', `/admin/me/keys/${encodeURIComponent(id)}`);
    say(`${id} is revoked.`);
    await refresh();
  };
  return ['', ({ id, revokedAt }) => (revokedAt ? '' : button('Revoke', revoke(id), 'danger'))];
}

export async function show(place) {
  const shown = element('div', { role: 'status' });
  const list = element('div');
  const usage = element('div');
  const refresh = async () => {
    const [keys, used] = await Promise.all([listed('/admin/me/keys'), api('GET', '/admin/me/usage')]);
    const columns = [...KEY_COLUMNS, revokeColumn(refresh)];
    list.replaceChildren(table('Your keys, the oldest first', columns, keys, 'You have no key yet.'));
    usage.replaceChildren(table('Today, in UTC', USAGE_COLUMNS, [used], ''));
  };
  const create = form(
    {
      name: { text: 'Name', maxLength: 128, autocomplete: 'off' },
      days: { text: 'For days', type: 'number', min: 1, max: 366, placeholder: 'the most' },
    },
    'Create',
    async ({ name, days }, made) => {
      const wanted = { ...(name && { name }), ...(days && { days: Number(days) }) };
      shown.replaceChildren(secretOf(await api('POST', '/admin/me/keys', wanted)));
      made.reset();
      await refresh();
    },
  );
  place.append(heading('A new key'), create, shown, list, heading('Usage'), usage);
  await refresh();
}
