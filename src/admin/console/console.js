/**
 * The console: one page that shows what the path names, so that a key that was typed in once holds for all of it. What
 * it shows comes from the admin API; opening or reloading it changes nothing.
 */
import { attempt, byId, element, say } from './elements.js';
import { api, signInWith } from './session.js';

/** By path: its name, what it takes to read it, whether administrators of one team may, people alone, and where it is. */
const PAGES = {
  '/console': { name: 'Keys', needs: 'manage_users', forTeams: true, load: () => import('./keys.js') },
  '/console/usage': { name: 'Usage', needs: 'view_costs', forTeams: true, load: () => import('./usage.js') },
  '/console/audit': {
    name: 'Audit log',
    needs: 'view_logs',
    forTeams: true,
    load: () => import('./audit.js'),
  },
  '/console/approvals': {
    name: 'Approvals',
    needs: 'decide_approvals',
    load: () => import('./approvals.js'),
  },
  '/console/incidents': { name: 'Incidents', needs: 'view_logs', load: () => import('./incidents.js') },
  '/console/containment': {
    name: 'Containment',
    needs: 'view_logs',
    load: () => import('./containment.js'),
  },
  '/console/policy': { name: 'Policy', needs: 'view_logs', load: () => import('./policy.js') },
  '/console/mine': {
    name: 'My keys',
    needs: 'query',
    forTeams: true,
    forPeople: true,
    load: () => import('./mine.js'),
  },
};

let me;

/** Why somebody came back from the provider without a session. */
const REFUSALS = {
  'access.no_group': 'None of your groups has access here.',
  'access.banned': 'Your access has been shut.',
  'access.locked_down': 'Your access has been shut.',
  'auth.unavailable': 'The identity provider cannot be asked at the moment.',
};

const mayOpen = ({ needs, forTeams, forPeople }) =>
  me.permissions.includes(needs) &&
  (me.administers !== 'team' || forTeams === true) &&
  (me.person || !forPeople);

/** The page of this path, or the first that may be opened. */
function pathToShow() {
  const open = Object.keys(PAGES).filter((path) => mayOpen(PAGES[path]));
  return open.includes(location.pathname) ? location.pathname : open[0];
}

async function showPage() {
  if (!me) return;
  const path = pathToShow();
  for (const link of byId('pages').children) {
    if (link.getAttribute('href') === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (path === undefined) return say('This role may not read anything here.', true);
  const { name, load } = PAGES[path];
  document.title = `Sallyport · ${name}`;
  const place = element('div', {}, element('h1', {}, name));
  byId('page').replaceChildren(place);
  await attempt(async () => (await load()).show(place, { me, hash: location.hash.slice(1) }));
}

function showPages() {
  const open = Object.entries(PAGES).filter(([, page]) => mayOpen(page));
  byId('pages').replaceChildren(...open.map(([href, { name }]) => element('a', { href }, name)));
}

function showSignedIn() {
  const team = me.team === undefined ? '' : ` of ${me.team}`;
  byId('name').textContent = `${me.user} (${me.role}${team})`;
  byId('who').hidden = false;
  byId('sign-in').hidden = true;
  showPages();
}

function showSignedOut() {
  me = undefined;
  byId('who').hidden = true;
  byId('sign-in').hidden = false;
  byId('pages').replaceChildren();
  byId('page').replaceChildren();
  document.title = 'Sallyport';
  byId('admin-key').focus();
}

async function enter() {
  me = await api('GET', '/admin/me');
  showSignedIn();
  await showPage();
}

/** A key that does not open is forgotten. */
async function signIn() {
  signInWith(byId('admin-key').value);
  byId('admin-key').value = '';
  try {
    await enter();
  } catch (error) {
    signInWith('');
    throw error;
  }
}

/** Here, and where the provider says, at the provider. */
async function signOut() {
  const isPerson = me.person;
  signInWith('');
  showSignedOut();
  if (!isPerson) return;
  const { url } = await api('POST', '/console/sign-out');
  if (url) location.assign(url);
}

/** Who has a session goes on; who came back without one is told why. */
async function begin() {
  showSignedOut();
  const refused = new URLSearchParams(location.search).get('refused');
  if (refused !== null) {
    history.replaceState(null, '', location.pathname + location.hash);
    say(`${REFUSALS[refused] ?? 'The sign-in did not succeed; start again.'}`, true);
  }
  const { people, signedIn } = await api('GET', '/console/session');
  const to = location.pathname + location.hash;
  byId('with-provider').hidden = !people;
  byId('provider').href = `/console/sign-in?${new URLSearchParams({ to })}`;
  if (signedIn) await enter();
}

async function showHealth() {
  const place = byId('health');
  const answer = await fetch('/readyz')
    .then((response) => response.json())
    .catch(() => undefined);
  const failing = Object.entries(answer?.checks ?? {}).filter(([, ok]) => !ok);
  const why = answer ? `not ready: ${failing.map(([name]) => name).join(', ')}` : 'no answer';
  const text = answer?.ready ? 'ready' : why;
  // Written only where it changes, as it is read out.
  if (place.textContent !== text) place.textContent = text;
  place.className = `badge ${answer?.ready ? 'good' : 'bad'}`;
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('nav a, #brand');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  void showPage();
});
window.addEventListener('popstate', () => void showPage());
byId('with-key').addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(signIn, event.submitter);
});
byId('sign-out').addEventListener('click', () => void attempt(signOut));
window.addEventListener('signed-out', () => {
  if (me) showSignedOut();
});

begin().catch((error) => say(error.message, true));
await showHealth();
setInterval(showHealth, 5000);
