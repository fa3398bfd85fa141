/** How refusals name a place in what was sent, in OpenAI's words: `messages[0].content`. Never says what somebody wrote there. */

/** What a schema, a table or a configuration may call something; any other step is a name that a caller made up. */
const NAME = /^[A-Za-z_*][A-Za-z0-9_.:*-]{0,63}$/;
const INDEX = /^\d{1,9}$/;

/** @param path from the outside in; an index as a number or as digits. '' for the whole. */
export function fieldName(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    const name = String(step);
    if (INDEX.test(name)) text += `[${name}]`;
    else text += `${text === '' ? '' : '.'}${NAME.test(name) ? name : '*'}`;
  }
  return text;
}

/** Of a JSON pointer (RFC 6901); what is none is the name of a part or of a parameter, and stays. */
export function fieldAt(pointer: string): string {
  if (!pointer.startsWith('/')) return pointer;
  const steps = pointer.slice(1).split('/');
  return fieldName(steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')));
}
