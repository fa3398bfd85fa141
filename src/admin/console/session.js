/** The signed-in admin key, kept in memory alone, and the admin API with it. Builds text nodes, never HTML. */
let adminKey = '';

/** What the page is signed in with from now on; empty: nothing. */
export function signInWith(key) {
  adminKey = key;
}

/** The answer's body; throws an Error with the refusal's own words. */
export async function api(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`);
  return answer;
}

export const byId = (id) => document.getElementById(id);

/** A row of a table: nodes as they are, all else as text. */
export function row(cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = document.createElement('td');
    td.append(cell instanceof Node ? cell : String(cell ?? ''));
    tr.append(td);
  }
  return tr;
}

/** A button whose failures are said in the element of this id. */
export function button(text, onClick, saidIn) {
  const element = document.createElement('button');
  element.textContent = text;
  element.addEventListener('click', () => {
    onClick().catch((error) => {
      byId(saidIn).textContent = error.message;
    });
  });
  return element;
}
