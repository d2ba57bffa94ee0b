import { byId, part } from '../../app/dom.js';
import { canEdit, canRecall, isFresh, isOwnWords } from '../permissions.js';
import { chat } from '../session.js';
import { rowOf } from './message-row.js';

/** @import {MenuButton} from '../../app/menu.js' */

const LONG_PRESS = 500;
/** A finger that moves further than this scrolls. */
const STILL = 10;

/** One set of tools, which goes to the message under the pointer or with the focus. */
export class MessageTools {
  /** @type {HTMLElement|null} */
  #row = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #press;
  /** Where the finger came down. */
  #pressedAt = { x: 0, y: 0 };

  /** @param {{host: HTMLElement, act: (verb: string, row: HTMLElement) => void}} options */
  constructor({ host, act }) {
    this.act = act;
    this.host = host;
    this.tools = byId('message-tools');
    this.menu = /** @type {MenuButton} */ (byId('message-menu'));
    this.home = byId('message-tools-home');
    host.addEventListener('pointerover', (event) => {
      if (event.pointerType === 'mouse') this.#goTo(event.target);
    });
    host.addEventListener('focusin', (event) => this.#goTo(event.target));
    host.addEventListener('contextmenu', (event) => this.#byContextMenu(event));
    host.addEventListener('pointerdown', (event) => this.#pressed(event));
    host.addEventListener('pointermove', (event) => this.#moved(event), { passive: true });
    for (const kind of ['pointerup', 'pointercancel', 'scroll']) {
      host.addEventListener(kind, () => clearTimeout(this.#press), { passive: true });
    }
    this.tools.addEventListener('click', (event) => this.#chosen(event));
  }

  /**
   * Opens the menu of a message.
   * @param {HTMLElement} row
   * @param {{x: number, y: number}} [point]
   */
  open(row, point) {
    if (this.#isOpen) return;
    this.#goTo(row);
    if (this.#row === row) this.menu.open(point);
  }

  get #isOpen() {
    return this.menu.menu.matches(':popover-open');
  }

  /** Rows have changed under a pointer that rests: what it rests on may be a message only now. */
  refresh() {
    this.#goTo(this.host.querySelector('.message:hover'));
  }

  /** Away from all messages. */
  leave() {
    this.menu.close();
    this.home.append(this.tools);
    this.#row = null;
  }

  /** @param {EventTarget|null} target */
  #goTo(target) {
    const row = target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest('.message')) : null;
    if (!row || this.#isOpen || (row === this.#row && row.contains(this.tools))) return;
    const shown = rowOf(row);
    const entry = chat.current;
    if (!entry || shown?.kind !== 'message' || row.classList.contains('message--editing')) return;
    this.#row = row;
    const { message } = shown;
    const { me } = chat;
    const isOwn = isOwnWords(message, me.id);
    const mayRecall = canRecall(message, entry, me.id);
    part(this.tools, 'moment').textContent = chat.calendar.full(message.posted_at);
    part(this.tools, 'edit').hidden = part(this.tools, 'menu-edit').hidden = !canEdit(message, me.id);
    part(this.tools, 'menu-unread').hidden = isOwn;
    part(this.tools, 'menu-recall').hidden = !isOwn && !mayRecall;
    part(this.tools, 'menu-line').hidden = !isOwn && !mayRecall;
    part(this.tools, 'menu-recall').setAttribute('aria-disabled', String(!mayRecall));
    part(this.tools, 'menu-why').hidden = mayRecall || isFresh(message);
    row.querySelector('.message__body')?.append(this.tools);
  }

  /** @param {MouseEvent} event */
  #byContextMenu(event) {
    const row = event.target instanceof Element ? /** @type {HTMLElement|null} */ (event.target.closest('.message')) : null;
    // A link and selected words keep the browser's own menu.
    if (!row || event.target instanceof HTMLAnchorElement || String(getSelection())) return;
    event.preventDefault();
    const isFinger = /** @type {PointerEvent} */ (event).pointerType === 'touch';
    if (!isFinger) this.open(row, { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    const row = event.target instanceof Element ? /** @type {HTMLElement|null} */ (event.target.closest('.message')) : null;
    if (!row || event.pointerType === 'mouse') return;
    const point = { x: event.clientX, y: event.clientY };
    this.#pressedAt = point;
    clearTimeout(this.#press);
    this.#press = setTimeout(() => this.#openByFinger(row, point), LONG_PRESS);
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const { x, y } = this.#pressedAt;
    if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) clearTimeout(this.#press);
  }

  /**
   * The browser would close the menu again when the finger that opened it is lifted; so it stays until the next touch
   * elsewhere.
   * @param {HTMLElement} row
   * @param {{x: number, y: number}} point
   */
  #openByFinger(row, point) {
    const { menu } = this.menu;
    if (this.#isOpen) return;
    menu.popover = 'manual';
    this.open(row, point);
    if (!this.#isOpen) {
      menu.popover = 'auto';
      return;
    }
    /** @param {Event} event */
    const leave = (event) => {
      const isElsewhere = event instanceof KeyboardEvent ? event.key === 'Escape' : !menu.contains(/** @type {Node} */ (event.target));
      if (isElsewhere) this.menu.close();
    };
    const kinds = ['pointerdown', 'keydown'];
    for (const kind of kinds) document.addEventListener(kind, leave, true);
    menu.addEventListener('toggle', function closed(event) {
      if (/** @type {ToggleEvent} */ (event).newState === 'open') return;
      for (const kind of kinds) document.removeEventListener(kind, leave, true);
      menu.removeEventListener('toggle', closed);
      menu.popover = 'auto';
    });
  }

  /** @param {MouseEvent} event */
  #chosen(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    const row = this.#row;
    if (!button || !row || button.getAttribute('aria-disabled') === 'true') return;
    event.stopPropagation();
    // The row has the focus when the menu is gone, so that keys go on from there.
    row.focus({ preventScroll: true });
    this.act(button.getAttribute('data-act') ?? '', row);
  }
}
