/** Placeholders in what an operator writes: `{name}` stands for an argument, as a whole or not at all. */

/** What an argument of a tool may be called. */
export const ARGUMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** The name, where all of the text is a placeholder. */
export function placeholderOf(text: string): string | undefined {
  const name = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : '';
  return ARGUMENT_NAME.test(name) ? name : undefined;
}
