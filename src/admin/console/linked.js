/** What pages of things that people decide about share: a list, and below it the one that was chosen. */
import { attempt, button, element } from './elements.js';

/** What a notice links to: `#` and the id. */
const ID = /^[0-9a-f-]{36}$/;

/**
 * A place for one of them, and the column that opens it.
 * @param draw fills the place, given its id
 */
export function oneAtATime(draw) {
  const detail = element('section', { className: 'card', hidden: true, tabIndex: -1, 'aria-live': 'polite' });
  const open = async (id) => {
    const content = await draw(id, () => open(id));
    detail.replaceChildren(...content);
    detail.hidden = false;
    history.replaceState(null, '', `#${id}`);
  };
  const look = async (id) => {
    await open(id);
    detail.focus();
    detail.scrollIntoView({ block: 'nearest' });
  };
  return {
    detail,
    column: ['', ({ id }) => button('Look', () => look(id))],
    openLinked: async (hash) => {
      if (ID.test(hash)) await attempt(() => look(hash));
    },
  };
}
