/**
 * The page of approvals: lists them, shows one as the text whose digest is on record, and decides it with that digest.
 * What it shows is text and nothing else; opening or reloading it decides nothing.
 */
import { badge, button, code, element, form, say, table, time } from './elements.js';
import { oneAtATime } from './linked.js';
import { api, listed, query } from './session.js';

const STATES = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'used'];

async function decide({ id, seen }, decision, note, decided) {
  const { state, decidedBy } = await api('POST', `/admin/approvals/${encodeURIComponent(id)}`, {
    decision,
    seen,
    ...(note === '' ? {} : { note }),
  });
  await decided();
  say(`${state} by ${decidedBy}`);
}

/** Only what was read can be decided about. */
function decisionOn(approval, decided) {
  if (approval.state !== 'pending' || approval.text === null) return [];
  const note = element('input', { maxLength: 1000, autocomplete: 'off' });
  const choose = (text, decision, look) =>
    button(text, () => decide(approval, decision, note.value, decided), look);
  return [
    element(
      'div',
      { className: 'line' },
      element('label', {}, 'Note', note),
      choose('Approve this call, once', 'approve', 'primary'),
      choose('Deny', 'deny', 'danger'),
    ),
  ];
}

async function draw(id, again, refresh) {
  const approval = await api('GET', `/admin/approvals/${encodeURIComponent(id)}`);
  const { tool, user, state, seen, note, decidedBy } = approval;
  const text = approval.text ?? 'The secret that sealed this text is not known any more.';
  return [
    element('h2', {}, `${tool}, for ${user} `, badge(state)),
    decidedBy ? element('p', {}, `By ${decidedBy}${note ? `: ${note}` : ''}`) : '',
    element('pre', { dir: 'ltr' }, text),
    element('p', { className: 'hint' }, 'SHA-256 of this text, on record with the decision: ', code(seen)),
    ...decisionOn(approval, async () => {
      await again();
      await refresh();
    }),
  ];
}

const COLUMNS = [
  ['Asked', ({ askedAt }) => time(askedAt)],
  ['User', ({ user }) => user],
  ['Team', ({ team }) => team],
  ['Tool', ({ tool }) => code(tool)],
  ['Decide by', ({ expiresAt }) => time(expiresAt)],
  ['State', ({ state }) => badge(state)],
];

export async function show(place, { hash }) {
  const list = element('div');
  let filter = { state: 'pending' };
  const refresh = async () => {
    const approvals = await listed(`/admin/approvals${query(filter)}`);
    list.replaceChildren(
      table('Approvals, the newest first', [...COLUMNS, one.column], approvals, 'Nothing is waiting here.'),
    );
  };
  const one = oneAtATime((id, again) => draw(id, again, refresh));
  const which = form({ state: { text: 'State', options: STATES } }, 'Show', async (chosen) => {
    filter = chosen;
    await refresh();
  });
  place.append(which, list, one.detail);
  await refresh();
  await one.openLinked(hash);
}
