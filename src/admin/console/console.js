/** The console's page: reads the admin API with a key that is kept in memory alone; builds text nodes, never HTML. */
import { api, button, byId, row, signInWith } from './session.js';

const listOf = (answer) => (Array.isArray(answer) ? answer : (answer.data ?? []));

function stateOf(key) {
  if (key.revokedAt) return 'revoked';
  return key.expiresAt && new Date(key.expiresAt) < new Date() ? 'expired' : 'active';
}

async function showKeys() {
  const keys = listOf(await api('GET', '/admin/keys'));
  byId('keys').replaceChildren(
    ...keys.map((key) => {
      const revoke = button(
        'Revoke',
        async () => {
          await api('DELETE', `/admin/keys/${encodeURIComponent(key.id)}`);
          await showKeys();
        },
        'health',
      );
      const created = new Date(key.createdAt).toLocaleString();
      return row([
        key.id,
        key.user,
        key.team,
        key.tier,
        key.role,
        created,
        stateOf(key),
        key.revokedAt ? '' : revoke,
      ]);
    }),
  );
  return [...new Set(keys.map((key) => key.user))].slice(0, 50);
}

async function showUsage(users) {
  const rows = await Promise.all(
    users.map((user) => api('GET', `/admin/usage?user=${encodeURIComponent(user)}`)),
  );
  byId('usage').replaceChildren(
    ...rows.map((u) => row([u.user, u.requests, u.tokens, u.settledUsd, u.reservedUsd, u.budgetUsd])),
  );
}

async function showEntries() {
  const entries = listOf(await api('GET', '/admin/audit?limit=100'));
  byId('entries').replaceChildren(
    ...entries.map((e) => {
      const tr = row([e.timestamp, e.userId, e.action, e.resource, e.status, e.metadata?.code]);
      if (e.status === 'failure') tr.className = 'failure';
      return tr;
    }),
  );
}

async function showHealth() {
  const answer = await fetch('/readyz').then((response) => response.json());
  const failing = Object.entries(answer.checks).filter(([, ok]) => !ok);
  byId('health').textContent = answer.ready
    ? 'ready'
    : `not ready: ${failing.map(([name]) => name).join(', ')}`;
}

async function refresh() {
  await showUsage(await showKeys());
  await showEntries();
}

async function signIn() {
  signInWith(byId('admin-key').value);
  try {
    await refresh();
    byId('signed-in').hidden = false;
    byId('sign-in').hidden = true;
  } catch (error) {
    signInWith('');
    byId('health').textContent = error.message;
  }
}

async function createKey(form) {
  const { user, tier, role } = Object.fromEntries(new FormData(form));
  try {
    const made = await api('POST', '/admin/keys', { user, tier, role });
    byId('made-key').textContent = `Shown once: ${made.key}`;
    await refresh();
  } catch (error) {
    byId('made-key').textContent = error.message;
  }
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn();
});
byId('new-key').addEventListener('submit', (event) => {
  event.preventDefault();
  void createKey(event.target);
});

await showHealth();
setInterval(showHealth, 5000);
