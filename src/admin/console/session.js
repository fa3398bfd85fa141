/** Whom the page acts for, and the admin API in their name. A key is kept in memory alone. */
let key = '';

/** What the page is signed in with from now on; empty: nothing. */
export function signInWith(text) {
  key = text;
}

/** The answer's body, JSON or text; throws an Error with the refusal's own words and its `status`. */
export async function api(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The gateway does not answer.');
  });
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  const answer = await (isJson ? response.json() : response.text());
  if (response.ok) return answer;
  // A session, or a key, that ended meanwhile.
  if (response.status === 401) window.dispatchEvent(new Event('signed-out'));
  const { message = `status ${response.status}`, param } = answer.error ?? {};
  const code = response.headers.get('x-sallyport-code');
  const error = new Error(`${message}${param ? ` (${param})` : ''}${code ? ` [${code}]` : ''}`);
  throw Object.assign(error, { status: response.status });
}

/** The items of a list. */
export async function listed(path) {
  return (await api('GET', path)).data;
}

/** A query of what is given: empty values are left out. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== '' && value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
