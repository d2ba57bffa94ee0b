import { isComposing } from '../../app/dom.js';

/** @type {Record<string, string>} */
const VERBS = { c: 'copy', e: 'edit', u: 'unread', Delete: 'recall', Backspace: 'recall' };

/**
 * Arrows go from message to message, letters act on the one that has the focus, Enter opens its menu, End goes to the
 * newest.
 * @param {HTMLElement} list which can have the focus itself
 * @param {{act: (verb: string, row: HTMLElement) => void, openMenu: (row: HTMLElement) => void, toEnd: () => void}} how
 */
export function listenForMessageKeys(list, { act, openMenu, toEnd }) {
  list.addEventListener('keydown', (event) => {
    const focused = /** @type {HTMLElement} */ (event.target);
    const isOnRow = focused.matches('.message');
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || !(isOnRow || focused === list)) return;
    if (event.key === 'ArrowUp') step(list, focused, -1);
    else if (event.key === 'ArrowDown') step(list, focused, 1);
    else if (event.key === 'End') toEnd();
    else if (isOnRow && event.key in VERBS) act(VERBS[event.key], focused);
    else if (isOnRow && (event.key === 'Enter' || event.key === 'm')) openMenu(focused);
    else return;
    event.preventDefault();
  });
}

/**
 * From the list itself to its last message.
 * @param {HTMLElement} list
 * @param {HTMLElement} from
 * @param {1|-1} by
 */
function step(list, from, by) {
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('.message')]);
  const at = rows.indexOf(from);
  const row = at === -1 ? rows.at(-1) : rows[at + by];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}
