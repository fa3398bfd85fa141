/**
 * The page of approvals: lists them, shows one as the text whose digest is on record, and decides it with that digest.
 * What it shows is text and nothing else; opening or reloading it decides nothing.
 */
import { api, button, byId, row, signInWith } from './session.js';

let shown;

function say(text) {
  byId('said').textContent = text;
}

async function showList() {
  const state = byId('state').value;
  const { data } = await api('GET', `/admin/approvals?state=${encodeURIComponent(state)}`);
  byId('list').replaceChildren(
    ...data.map((each) => {
      const open = button('Look', () => showOne(each.id), 'said');
      const times = [each.askedAt, each.expiresAt].map((time) => new Date(time).toLocaleString());
      return row([times[0], each.user, each.team, each.tool, times[1], each.state, open]);
    }),
  );
}

async function showOne(id) {
  shown = await api('GET', `/admin/approvals/${encodeURIComponent(id)}`);
  byId('title').textContent = `${shown.tool}, for ${shown.user}: ${shown.state}`;
  byId('text').textContent = shown.text ?? 'The secret that sealed this text is not known any more.';
  byId('seen').textContent = shown.seen;
  byId('note').value = '';
  byId('decision').hidden = shown.state !== 'pending' || shown.text === null;
  byId('detail').hidden = false;
}

async function decide(decision) {
  const { id, seen } = shown;
  const note = byId('note').value;
  byId('decision').hidden = true;
  const decided = await api('POST', `/admin/approvals/${encodeURIComponent(id)}`, {
    decision,
    seen,
    ...(note === '' ? {} : { note }),
  });
  say(`${decided.state} by ${decided.decidedBy}`);
  await showOne(id);
  await showList();
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
on(byId('approve'), 'click', () => decide('approve'));
on(byId('deny'), 'click', () => decide('deny'));
on(window, 'hashchange', async () => {
  if (!byId('signed-in').hidden) await showLinked();
});
