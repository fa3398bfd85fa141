/**
 * The page of incidents: lists them, shows one with its time line, notes it, takes it on, opens what was shut because of
 * it. What it shows is text and nothing else; opening or reloading it changes nothing.
 */
import { api, button, byId, row, signInWith } from './session.js';

let shown;

function say(text) {
  byId('said').textContent = text;
}

const timeOf = (text) => new Date(text).toLocaleString();
const subjectOf = (each) =>
  ['user', 'key', 'address', 'house']
    .filter((kind) => each[kind] !== undefined)
    .map((kind) => `${kind} ${each[kind]}`)
    .join('');

async function showList() {
  const { data } = await api('GET', `/admin/incidents?open=${byId('open').value}`);
  byId('list').replaceChildren(
    ...data.map((each) => {
      const look = button('Look', () => showOne(each.id), 'said');
      const { rule, severity, count, state } = each;
      return row([timeOf(each.openedAt), rule, severity, subjectOf(each), count, state, look]);
    }),
  );
}

async function showOne(id) {
  shown = await api('GET', `/admin/incidents/${encodeURIComponent(id)}`);
  byId('title').textContent = `${shown.rule}, ${subjectOf(shown)}: ${shown.state}`;
  const held = shown.contained.filter((each) => each.liftedAt === undefined);
  byId('contained').textContent =
    held.length === 0
      ? 'Nobody is shut out because of it.'
      : held
          .map(
            (each) => `${each.kind} of ${subjectOf(each)}${each.until ? ` until ${timeOf(each.until)}` : ''}`,
          )
          .join(', ');
  byId('undo').hidden = held.length === 0;
  byId('notes').replaceChildren(...shown.notes.map((each) => row([timeOf(each.at), each.by, each.text])));
  byId('time-line').replaceChildren(
    ...shown.timeLine.map((e) =>
      row([e.timestamp, e.userId, e.action, e.resource, e.status, e.metadata?.code]),
    ),
  );
  byId('state').value = '';
  byId('note').value = '';
  byId('detail').hidden = false;
}

async function change(what) {
  const { id } = shown;
  const changed = await api('POST', `/admin/incidents/${encodeURIComponent(id)}`, what);
  say(`${changed.rule}: ${changed.state}`);
  await showOne(id);
  await showList();
}

async function save() {
  const [state, note] = [byId('state').value, byId('note').value];
  await change({ ...(state === '' ? {} : { state }), ...(note === '' ? {} : { note }) });
}

/** What a notice links to: `#` and the id. */
async function showLinked() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (/^[0-9a-f-]{36}$/.test(id)) await showOne(id);
}

async function signIn() {
  signInWith(byId('admin-key').value);
  byId('admin-key').value = '';
  await showList();
  byId('signed-in').hidden = false;
  byId('sign-in').hidden = true;
  say('');
  await showLinked();
}

/** Failures are said; a key that does not open is forgotten. */
function on(element, event, act) {
  element.addEventListener(event, (happened) => {
    happened.preventDefault();
    act().catch((error) => say(error.message));
  });
}

on(byId('sign-in'), 'submit', () =>
  signIn().catch((error) => {
    if (byId('signed-in').hidden) signInWith('');
    throw error;
  }),
);
on(byId('which'), 'submit', showList);
on(byId('change'), 'submit', save);
on(byId('undo'), 'click', () => change({ undo: true }));
on(window, 'hashchange', async () => {
  if (!byId('signed-in').hidden) await showLinked();
});
