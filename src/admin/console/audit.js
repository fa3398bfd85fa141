/** The page of the audit log: its newest entries, looked for by user, action, status and time. */
import { badge, code, element, form, table } from './elements.js';
import { listed, query } from './session.js';

function details({ metadata = {}, chain, sequence, hash }) {
  const text = JSON.stringify({ ...metadata, chain, sequence, hash }, null, 2);
  return element('details', {}, element('summary', {}, 'more'), element('pre', { dir: 'ltr' }, text));
}

/** Of an entry, wherever it is shown. */
export const ENTRY_COLUMNS = [
  ['Time', ({ timestamp }) => element('time', { dateTime: timestamp, className: 'exact' }, timestamp)],
  ['User', ({ userId }) => userId],
  ['Action', ({ action }) => code(action)],
  ['Resource', ({ resource }) => resource],
  ['Status', ({ status }) => badge(status)],
  ['Code', ({ metadata }) => code(metadata?.code)],
  ['', details],
];

export async function show(place) {
  const list = element('div');
  const showSome = async (filter) => {
    const entries = await listed(`/admin/audit${query(filter)}`);
    list.replaceChildren(
      table('Entries, the newest first', ENTRY_COLUMNS, entries, 'No entry is like that.'),
    );
  };
  const filter = form(
    {
      user: { text: 'User', pattern: '[A-Za-z0-9._:\\-]{1,128}', autocomplete: 'off' },
      action: { text: 'Action', pattern: '[a-z0-9._\\-]{1,64}', autocomplete: 'off' },
      status: { text: 'Status', options: [['', 'any'], 'success', 'failure', 'pending'] },
      from: { text: 'From (UTC)', type: 'date' },
      to: { text: 'Before (UTC)', type: 'date' },
      limit: { text: 'At most', type: 'number', min: 1, max: 1000, value: 100 },
    },
    'Show',
    showSome,
  );
  place.append(filter, list);
  await showSome({ limit: 100 });
}
