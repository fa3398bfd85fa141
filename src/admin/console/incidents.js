/**
 * The page of incidents: lists them, opens one by hand, shows one with its time line, notes it, takes it on, opens what
 * was shut because of it. What it shows is text and nothing else; opening or reloading it changes nothing.
 */
import { ENTRY_COLUMNS } from './audit.js';
import { badge, button, confirmed, element, form, heading, say, table, time } from './elements.js';
import { oneAtATime } from './linked.js';
import { api, listed, query } from './session.js';

const STATES = ['contained', 'investigating', 'remediated', 'recovered'];
const subjectOf = (each) =>
  ['user', 'key', 'address', 'house']
    .filter((kind) => each[kind] !== undefined)
    .map((kind) => (kind === 'house' ? 'the house' : `${kind} ${each[kind]}`))
    .join(', ');

/** Who is still shut out because of it. */
function heldBy({ contained }) {
  const held = contained.filter(({ liftedAt }) => liftedAt === undefined);
  return held.map((each) =>
    element(
      'li',
      {},
      `${each.kind} of ${subjectOf(each)}${each.tier ? ` to tier ${each.tier}` : ''}`,
      each.until ? [' until ', time(each.until)] : '',
    ),
  );
}

const NOTE_COLUMNS = [
  ['Time', ({ at }) => time(at)],
  ['By', ({ by }) => by],
  ['Note', ({ text }) => text ?? 'The secret that sealed this note is not known any more.'],
];

function changesOf({ id, closedAt }, held, changed) {
  const change = async (what) => {
    const { rule, state } = await api('POST', `/admin/incidents/${encodeURIComponent(id)}`, what);
    await changed();
    say(`${rule}: ${state}`);
  };
  const undo = button(
    'Undo what was done because of it',
    async () => {
      if (await confirmed('Open for whom this incident shuts out or holds to a lower tier?', 'Open'))
        await change({ undo: true });
    },
    'danger',
  );
  const closing = [['documented', 'documented (closes it)']];
  const save = form(
    {
      state: { text: 'State', options: [['', 'as it is'], ...(closedAt ? [] : [...STATES, ...closing])] },
      note: { text: 'Note', maxLength: 4000, autocomplete: 'off' },
    },
    'Save',
    ({ state, note }) => change({ ...(state && { state }), ...(note && { note }) }),
  );
  return held.length === 0 ? [save] : [save, undo];
}

/** Answers in Markdown and JSON, as files: a link could not bring the key. */
function reportsOf(id) {
  const save = (path, file) => async () => {
    const content = await api('GET', `/admin/incidents/${encodeURIComponent(id)}/${path}`);
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    const link = element('a', { href: URL.createObjectURL(new Blob([text])), download: `${id}.${file}` });
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return element(
    'div',
    { className: 'line' },
    button('Post-mortem', save('postmortem', 'md')),
    button('Evidence', save('evidence', 'json')),
  );
}

async function draw(id, again, refresh, me) {
  const incident = await api('GET', `/admin/incidents/${encodeURIComponent(id)}`);
  const { rule, state, notes, timeLine, severity } = incident;
  const held = heldBy(incident);
  const changed = async () => {
    await again();
    await refresh();
  };
  return [
    element('h2', {}, `${rule}, ${subjectOf(incident)} `, badge(severity), ' ', badge(state)),
    held.length === 0 ? element('p', {}, 'Nobody is held because of it.') : element('ul', {}, held),
    ...(me.permissions.includes('manage_users') ? changesOf(incident, held, changed) : []),
    reportsOf(id),
    element('h3', {}, 'Notes'),
    table('Notes', NOTE_COLUMNS, notes, 'Nobody has noted anything.'),
    element('h3', {}, 'Time line'),
    table('Entries of the audit log', ENTRY_COLUMNS, timeLine, 'The audit log has nothing of it any more.'),
  ];
}

const COLUMNS = [
  ['Opened', ({ openedAt }) => time(openedAt)],
  ['Rule', ({ rule }) => rule],
  ['Severity', ({ severity }) => badge(severity)],
  ['Of', subjectOf],
  ['#Count', ({ count }) => count],
  ['State', ({ state }) => badge(state)],
];

/** For what no rule saw. */
const openByHand = (refresh) =>
  form(
    {
      note: { text: 'What happened', required: true, maxLength: 4000, autocomplete: 'off' },
      severity: { text: 'Severity', options: ['medium', 'low', 'high', 'critical'] },
      user: { text: 'Of user', pattern: '[A-Za-z0-9._:\\-]{1,128}', autocomplete: 'off' },
    },
    'Open an incident',
    async ({ user, ...said }, made) => {
      await api('POST', '/admin/incidents', { ...said, ...(user && { user }) });
      made.reset();
      await refresh();
    },
    '',
  );

export async function show(place, { hash, me }) {
  const list = element('div');
  let filter = { open: 'true' };
  const refresh = async () => {
    const incidents = await listed(`/admin/incidents${query(filter)}`);
    list.replaceChildren(
      table('Incidents, the newest first', [...COLUMNS, one.column], incidents, 'No incident here.'),
    );
  };
  const one = oneAtATime((id, again) => draw(id, again, refresh, me));
  const options = [
    ['true', 'open'],
    ['false', 'closed'],
  ];
  const which = form({ open: { text: 'Which', options } }, 'Show', async (chosen) => {
    filter = chosen;
    await refresh();
  });
  place.append(which, list, one.detail);
  if (me.permissions.includes('manage_users')) place.append(heading('By hand'), openByHand(refresh));
  await refresh();
  await one.openLinked(hash);
}
