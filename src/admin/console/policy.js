/** The page of the rules in force, of reading them again, and of whether each control fires. */
import { badge, button, code, confirmed, element, heading, say, table, time } from './elements.js';
import { api, listed } from './session.js';

const GUARD_COLUMNS = [
  ['Control', ({ control }) => control],
  ['Promises', ({ promises }) => promises],
  ['Result', ({ result }) => badge(result)],
  ['Last fired', ({ firedAt }) => (firedAt ? time(firedAt) : '')],
  ['Why', ({ reason }) => reason ?? ''],
];

async function guardsTable() {
  const guards = await listed('/admin/guards');
  return table('Controls, as they were last tried', GUARD_COLUMNS, guards, 'Nothing is tried.');
}

export async function show(place, { me }) {
  const shown = element('div');
  const refresh = async () => {
    const { version, since, refused, policy } = await api('GET', '/admin/policy');
    const fault = refused
      ? element('p', { className: 'fault' }, 'Refused at ', time(refused.at), `: ${refused.paths.join(', ')}`)
      : '';
    shown.replaceChildren(
      element('p', {}, 'Version ', code(version), ' since ', time(since)),
      fault,
      ...Object.entries(policy).map(([section, rules]) =>
        element(
          'details',
          {},
          element('summary', {}, section),
          element('pre', { dir: 'ltr' }, JSON.stringify(rules ?? null, null, 2)),
        ),
      ),
    );
  };
  const reload = button('Read the files again', async () => {
    if (!(await confirmed('Put the rules of the files in force in this process?', 'Read'))) return;
    try {
      await api('POST', '/admin/policy/reload', {});
      say('Read.');
    } finally {
      await refresh();
    }
  });
  place.append(heading('In force in this process'), shown);
  if (me.permissions.includes('manage_users')) place.append(reload);
  await refresh();
  place.append(heading('Controls'), await guardsTable());
}
