/** The page of usage: what users have used today, and may. */
import { element, form, table } from './elements.js';
import { api, listed } from './session.js';

const USERS_MAX = 50;
const usd = (value) => value.toFixed(value !== 0 && value < 0.01 ? 6 : 2);

/** How much of the budget is gone; the figures stand beside it. */
function share({ settledUsd, reservedUsd, budgetUsd }) {
  if (!budgetUsd) return '';
  const value = Math.min(1, (settledUsd + reservedUsd) / budgetUsd);
  return element('meter', { value, 'aria-label': `${Math.round(value * 100)} % of the budget` });
}

export const USAGE_COLUMNS = [
  ['User', ({ user }) => user],
  ['#Requests', ({ requests }) => requests],
  ['#Tokens', ({ tokens }) => tokens],
  ['#Settled $', ({ settledUsd }) => usd(settledUsd)],
  ['#Reserved $', ({ reservedUsd }) => usd(reservedUsd)],
  ['#Budget $', ({ budgetUsd }) => (budgetUsd === null ? '' : usd(budgetUsd))],
  ['Of the budget', share],
];

const usageOf = (user) => api('GET', `/admin/usage?user=${encodeURIComponent(user)}`);

export async function show(place, { me }) {
  const list = element('div');
  const showFor = async (users) => {
    const rows = await Promise.all(users.map(usageOf));
    list.replaceChildren(table('Today, in UTC', USAGE_COLUMNS, rows, 'Nobody has a key yet.'));
  };
  const one = form(
    { user: { text: 'User', required: true, pattern: '[A-Za-z0-9._:\\-]{1,128}', autocomplete: 'off' } },
    'Show',
    ({ user }) => showFor([user]),
  );
  place.append(one, list);
  const keys = me.permissions.includes('manage_users') ? await listed('/admin/keys') : [];
  const users = [...new Set(keys.map(({ user }) => user))];
  await showFor(users.slice(0, USERS_MAX));
  if (users.length > USERS_MAX)
    place.append(element('p', { className: 'hint' }, `The first ${USERS_MAX} of ${users.length} users.`));
}
