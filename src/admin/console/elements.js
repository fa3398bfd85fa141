/** What pages are built of. Text is text: there is no way here to make markup of it. */

/** An element: properties are set, names with a dash as attributes; children are nodes, or text. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat().map((child) => (child instanceof Node ? child : String(child ?? ''))));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Says how something went: to everybody, those who cannot see too. */
export function say(text, isFault = false) {
  const place = byId('said');
  place.textContent = text;
  place.hidden = text === '';
  place.className = isFault ? 'fault' : '';
}

/** Does it, and says what went wrong; meanwhile the control it was asked by cannot be used. */
export async function attempt(act, control) {
  if (control) control.disabled = true;
  try {
    say('');
    await act();
  } catch (error) {
    say(error.message, true);
  } finally {
    if (control) control.disabled = false;
  }
}

/** `look` is a class of the style sheet: `primary`, `danger`, `plain`, or none. */
export function button(text, act, look = '') {
  const made = element('button', { type: 'button', className: look }, text);
  made.addEventListener('click', () => attempt(act, made));
  return made;
}

/** True once somebody said yes to what cannot be undone. */
export function confirmed(text, yes) {
  const question = byId('question');
  byId('asked').textContent = text;
  byId('yes').textContent = yes;
  question.showModal();
  const { promise, resolve } = Promise.withResolvers();
  const answered = new AbortController();
  const on = (target, event, answer) =>
    target.addEventListener(
      event,
      () => {
        answered.abort();
        question.close();
        resolve(answer);
      },
      { signal: answered.signal },
    );
  on(byId('yes'), 'click', true);
  on(byId('no'), 'click', false);
  // The escape key.
  on(question, 'close', false);
  return promise;
}

/** `fields` by name: an element, or the options of a select. What is sent is a plain object of texts. */
export function form(fields, label, act, look = 'primary') {
  const send = element('button', { className: look }, label);
  const labels = Object.entries(fields).map(([name, { text, ...field }]) => {
    const input = field.options ? select(field.options) : element('input', field);
    input.name = name;
    return element('label', {}, text, input);
  });
  const made = element('form', {}, labels, send);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(() => act(Object.fromEntries(new FormData(made)), made), send);
  });
  return made;
}

/** Texts, or pairs of value and text. */
function select(options) {
  return element(
    'select',
    {},
    options.map((option) => {
      const [value, text] = Array.isArray(option) ? option : [option, option];
      return element('option', { value }, text);
    }),
  );
}

const lookOf = (heading) => (heading.startsWith('#') ? 'number' : '');

/**
 * A table that says so where it is empty. Columns are pairs: the heading, and what a row shows there (text or nodes).
 * Headings that begin with `#` are of numbers.
 */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) return element('p', { className: 'empty' }, empty);
  const head = columns.map(([heading]) =>
    element('th', { scope: 'col', className: lookOf(heading) }, heading.replace('#', '')),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      columns.map(([heading, show]) => cell(show(row), lookOf(heading))),
    ),
  );
  return element(
    'div',
    { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, head)),
      element('tbody', {}, body),
    ),
  );
}

/** Long words may break, short ones stay whole. */
function cell(content, className) {
  const isLong = typeof content === 'string' && content.length > 20;
  return element('td', { className: isLong ? 'long' : className }, content);
}

const LOOKS = {
  good: 'active open approved used success ready recovered documented closed fired',
  bad: 'failure revoked denied critical high shut detected exposed silent',
  warn: 'pending expired medium withdrawn contained investigating remediated old',
};

/** A state as a coloured word; the word alone tells it as well. */
export function badge(text) {
  const look = Object.keys(LOOKS).find((name) => LOOKS[name].split(' ').includes(text)) ?? '';
  return element('span', { className: `badge ${look}` }, text);
}

const MINUTE = { dateStyle: 'medium', timeStyle: 'short' };
const DAY = { dateStyle: 'medium' };

/** A time as it is read here, with the exact one behind it. */
export function time(iso, format = MINUTE) {
  if (!iso) return '';
  return element('time', { dateTime: iso, title: iso }, new Date(iso).toLocaleString([], format));
}

/** The same, by the day. */
export const day = (iso) => time(iso, DAY);

/** Text that is a name of something, or code. */
export const code = (text) => (text ? element('code', {}, text) : '');

/** Heads a part of a page. */
export const heading = (text) => element('h2', {}, text);
