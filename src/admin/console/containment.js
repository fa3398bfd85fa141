/** The page of what is shut: the kill switch, bans, lowered tiers, users that are switched off. Everything that shuts or opens asks first. */
import { badge, button, code, confirmed, element, form, heading, say, table, time } from './elements.js';
import { api, listed } from './session.js';

const NAMES = { tiers: 'Tiers', users: 'Users', keys: 'Keys', models: 'Models', tools: 'Tools' };
const LISTS = Object.keys(NAMES);
const wordsOf = (text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

function lockdownState({ active, all, by, at, reason, ...lists }) {
  if (!active) return element('p', {}, badge('open'), ' Nothing is shut.');
  const shut = LISTS.filter((name) => lists[name].length > 0).map((name) =>
    element('li', {}, `${NAMES[name]}: ${lists[name].join(', ')}`),
  );
  return element(
    'div',
    {},
    element('p', {}, badge('shut'), ` By ${by}, `, time(at), reason ? `: ${reason}` : ''),
    element('ul', {}, all ? element('li', {}, 'every call, of whomever') : '', shut),
  );
}

/** What is typed in replaces what was shut before, as the admin API says. */
function lockdownForm(lockdown, refresh) {
  const put = async (body) => {
    await api('PUT', '/admin/lockdown', body);
    await refresh();
    say(body.all || LISTS.some((name) => body[name]?.length > 0) ? 'Shut.' : 'Open.');
  };
  const field = (name) => [
    name,
    { text: `${NAMES[name]}, by commas`, value: lockdown[name].join(', '), autocomplete: 'off' },
  ];
  const shut = form(
    {
      all: { text: 'Everything', type: 'checkbox', checked: lockdown.all, value: 'yes' },
      ...Object.fromEntries(LISTS.map(field)),
      reason: { text: 'Reason', maxLength: 500, value: lockdown.reason, autocomplete: 'off' },
    },
    'Shut this, and only this',
    async ({ all, reason, ...texts }) => {
      const lists = Object.fromEntries(LISTS.map((name) => [name, wordsOf(texts[name])]));
      if (await confirmed('Shut what is named, everywhere, open calls included?', 'Shut'))
        await put({ all: all === 'yes', ...lists, reason });
    },
    'danger',
  );
  const open = button('Open everything', async () => {
    if (await confirmed('Open all that the kill switch shuts?', 'Open')) await put({});
  });
  return [shut, lockdown.active ? open : ''];
}

const BAN_COLUMNS = [
  ['Who', ({ user, key, address }) => code(user ?? key ?? address)],
  ['Until', ({ until }) => time(until)],
  ['By', ({ by }) => by],
  ['Reason', ({ reason }) => reason],
];

function liftColumn(path, refresh) {
  const lift = (id) => async () => {
    await api('DELETE', `${path}/${encodeURIComponent(id)}`);
    await refresh();
    say('Lifted.');
  };
  return ['', ({ id }) => button('Lift', lift(id))];
}

const banForm = (refresh) =>
  form(
    {
      kind: { text: 'Ban a', options: ['user', 'key', 'address'] },
      value: { text: 'Which', required: true, autocomplete: 'off' },
      seconds: { text: 'For seconds', type: 'number', min: 1, max: 2_592_000, value: 3600 },
      reason: { text: 'Reason', maxLength: 500, autocomplete: 'off' },
    },
    'Ban',
    async ({ kind, value, seconds, reason }, made) => {
      await api('POST', '/admin/bans', { [kind]: value, seconds: Number(seconds), reason });
      made.reset();
      await refresh();
    },
    'danger',
  );

const LOWERING_COLUMNS = [
  ['Who', ({ user, key }) => code(user ?? key)],
  ['Tier', ({ tier }) => tier],
  ['Until', ({ until }) => time(until)],
  ['By', ({ by }) => by],
  ['Reason', ({ reason }) => reason],
];

const loweringForm = (refresh) =>
  form(
    {
      kind: { text: 'Lower a', options: ['user', 'key'] },
      value: { text: 'Which', required: true, autocomplete: 'off' },
      tier: { text: 'To tier', required: true, autocomplete: 'off' },
      seconds: { text: 'For seconds', type: 'number', min: 1, max: 2_592_000, value: 3600 },
      reason: { text: 'Reason', maxLength: 500, autocomplete: 'off' },
    },
    'Lower',
    async ({ kind, value, tier, seconds, reason }, made) => {
      await api('POST', '/admin/lowerings', { [kind]: value, tier, seconds: Number(seconds), reason });
      made.reset();
      await refresh();
    },
    'danger',
  );

const userForm = (refresh) =>
  form(
    {
      user: { text: 'User', required: true, pattern: '[A-Za-z0-9._:\\-]{1,128}', autocomplete: 'off' },
      verb: {
        text: 'Do',
        options: [
          ['disable', 'switch off'],
          ['enable', 'switch on'],
        ],
      },
    },
    'Do it',
    async ({ user, verb }) => {
      if (!(await confirmed(`${verb === 'disable' ? 'Shut out' : 'Open for'} ${user}?`, 'Yes'))) return;
      await api('POST', `/admin/users/${encodeURIComponent(user)}/${verb}`, {});
      await refresh();
      say(`${user}: switched ${verb === 'disable' ? 'off' : 'on'}.`);
    },
    'danger',
  );

export async function show(place, { me }) {
  const state = element('div');
  const bans = element('div');
  const lowerings = element('div');
  const mayChange = me.permissions.includes('manage_users');
  const refresh = async () => {
    const [lockdown, banned, lowered] = await Promise.all([
      api('GET', '/admin/lockdown'),
      listed('/admin/bans'),
      listed('/admin/lowerings'),
    ]);
    state.replaceChildren(lockdownState(lockdown), ...(mayChange ? lockdownForm(lockdown, refresh) : []));
    const lifted = (columns, path) => (mayChange ? [...columns, liftColumn(path, refresh)] : columns);
    const columns = lifted(BAN_COLUMNS, '/admin/bans');
    bans.replaceChildren(table('Bans that hold', columns, banned, 'Nobody is banned.'));
    const tiers = lifted(LOWERING_COLUMNS, '/admin/lowerings');
    lowerings.replaceChildren(table('Lowered tiers', tiers, lowered, 'Nobody is held to a lower tier.'));
  };
  place.append(heading('Kill switch'), state, heading('Bans'));
  if (mayChange) place.append(banForm(refresh));
  place.append(bans, heading('Lower tier'));
  if (mayChange) place.append(loweringForm(refresh));
  place.append(lowerings);
  if (mayChange) place.append(heading('A user with all keys and tokens'), userForm(refresh));
  await refresh();
}
