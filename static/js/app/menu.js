import { beside } from './place.js';

/**
 * A button with a menu of verbs, as the ARIA practices describe it:
 *
 *     <menu-button>
 *       <button class="button …" aria-label="More">…</button>
 *       <div class="popover menu" role="menu" popover><button class="menu__item" role="menuitem">…</button></div>
 *     </menu-button>
 *
 * Enter, Space and ArrowDown open it at the first item, ArrowUp at the last; arrows, Home, End and first letters move;
 * Esc and Tab close it and focus returns to the button. A chosen item closes it, too.
 */
export class MenuButton extends HTMLElement {
  connectedCallback() {
    this.button.setAttribute('aria-haspopup', 'menu');
    this.button.setAttribute('aria-expanded', 'false');
    this.button.addEventListener('click', this.#toggle);
    this.button.addEventListener('keydown', this.#openByKey);
    this.menu.addEventListener('keydown', this.#move);
    this.menu.addEventListener('click', this.#choose);
    this.menu.addEventListener('toggle', this.#tell);
  }

  get button() {
    return /** @type {HTMLButtonElement} */ (this.querySelector(':scope > button'));
  }

  get menu() {
    return /** @type {HTMLElement} */ (this.querySelector(':scope > [popover]'));
  }

  /** @returns {HTMLElement[]} the items that can be chosen now */
  get items() {
    return [...this.menu.querySelectorAll('[role^="menuitem"]')].filter(
      /** @returns {item is HTMLElement} */
      (item) => item instanceof HTMLElement && !item.hidden && item.getAttribute('aria-disabled') !== 'true',
    );
  }

  /**
   * Opens at the button, or at a point: a right click, a long press.
   *
   * @param {{x: number, y: number}} [point]
   */
  open(point) {
    const { menu } = this;
    menu.showPopover();
    const anchor = point
      ? { left: point.x, right: point.x, top: point.y, bottom: point.y }
      : this.button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const place = beside(
      anchor,
      { width, height },
      { width: innerWidth, height: innerHeight },
      { align: point ? 'start' : 'end' },
    );
    menu.style.left = `${place.left}px`;
    menu.style.top = `${place.top}px`;
    this.items[0]?.focus();
  }

  close() {
    if (this.menu.matches(':popover-open')) this.menu.hidePopover();
  }

  #toggle = () => {
    if (this.menu.matches(':popover-open')) this.close();
    else this.open();
  };

  /** @param {KeyboardEvent} event */
  #openByKey = (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.open();
    if (event.key === 'ArrowUp') this.items.at(-1)?.focus();
  };

  /** @param {KeyboardEvent} event */
  #move = (event) => {
    const { items } = this;
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items.at(at <= 0 ? -1 : at - 1)?.focus();
    else if (event.key === 'Home') items[0]?.focus();
    else if (event.key === 'End') items.at(-1)?.focus();
    else if (event.key === 'Tab') this.#leave();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey)
      startingWith(event.key, items, at)?.focus();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
  };

  /** Tab goes on from the button, not from an item that is about to vanish. */
  #leave() {
    this.close();
    this.button.focus();
  }

  /** @param {Event} event */
  #choose = (event) => {
    if (event.target instanceof Element && event.target.closest('[role^="menuitem"]')) this.close();
  };

  /** @param {Event} event */
  #tell = (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === 'open';
    this.button.setAttribute('aria-expanded', String(open));
  };
}

/**
 * The next item whose words begin with this letter.
 *
 * @param {string} letter
 * @param {HTMLElement[]} items
 * @param {number} at
 */
function startingWith(letter, items, at) {
  const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return turned.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

if (!customElements.get('menu-button')) customElements.define('menu-button', MenuButton);
