import { copyOf, isComposing, part, reconcile } from '../../app/dom.js';

/**
 * A field with a list of options below it, as the ARIA practices describe it: the cursor stays in the field, arrows move
 * what stands out, Enter or a click chooses it. The element has the parts `input`, `results` and `note`.
 * @template T
 */
export class Combobox {
  /** @type {T[]} */
  #items = [];
  #at = 0;
  /** Arrows were used since the last letter or choice. */
  #hasMoved = false;

  /**
   * @param {HTMLElement} element
   * @param {{keyOf: (item: T) => string, fill: (option: HTMLElement, item: T) => void, choose: (item: T) => void,
   *   isDone?: () => boolean}} how `isDone`: no option stands out until an arrow is used, and Enter is somebody else's
   */
  constructor(element, { keyOf, fill, choose, isDone = () => false }) {
    this.keyOf = keyOf;
    this.fill = fill;
    this.choose = choose;
    this.isDone = isDone;
    this.input = /** @type {HTMLInputElement} */ (part(element, 'input'));
    this.results = part(element, 'results');
    this.note = part(element, 'note');
    this.input.addEventListener('input', () => (this.#hasMoved = false));
    this.input.addEventListener('keydown', (event) => this.#pressed(event));
    this.results.addEventListener('click', (event) => this.#clicked(event));
    // A press on an option leaves the cursor in the field.
    this.results.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  /** What one looks for. */
  get words() {
    return this.input.value.trim();
  }

  get isEmpty() {
    return !this.#items.length;
  }

  /**
   * Shows other options; the first stands out.
   * @param {T[]} items
   * @param {string} [note] instead of options, or about them
   */
  show(items, note = '') {
    this.#items = items;
    this.#at = this.#rests ? -1 : 0;
    this.#fill(note);
    this.#showPlace();
  }

  /**
   * Adds options at the end, without moving what one looks at.
   * @param {T[]} items
   */
  add(items) {
    if (this.isEmpty) return this.show(items);
    this.#items = [...this.#items, ...items];
    this.#fill('');
  }

  /** Shows the same options as they are now that one was chosen. */
  showChoice() {
    this.#hasMoved = false;
    this.#fill('');
    this.#showPlace();
  }

  get #rests() {
    return !this.#hasMoved && this.isDone();
  }

  /** @param {string} note */
  #fill(note) {
    reconcile(this.results, this.#items, {
      keyOf: this.keyOf,
      make: () => copyOf('person-option'),
      fill: (element, item) => {
        element.id = `${this.results.id}-${this.keyOf(item)}`;
        this.fill(/** @type {HTMLElement} */ (element), item);
        return element;
      },
    });
    this.results.hidden = this.isEmpty;
    this.input.ariaExpanded = String(!this.isEmpty);
    this.note.hidden = !note;
    this.note.textContent = note;
  }

  #showPlace() {
    const at = this.#rests ? -1 : Math.max(0, this.#at);
    const options = [...this.results.children];
    options.forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
    const option = options[at];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (isComposing(event)) return;
    const count = this.#items.length;
    if (event.key === 'ArrowDown' && count) this.#moveTo((this.#at + 1) % count);
    else if (event.key === 'ArrowUp' && count) this.#moveTo((Math.max(0, this.#at) - 1 + count) % count);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !this.#rests) this.#choose(Math.max(0, this.#at));
    else return;
    event.preventDefault();
  }

  /** @param {number} at */
  #moveTo(at) {
    this.#at = at;
    this.#hasMoved = true;
    this.#showPlace();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
    if (option) this.#choose([...this.results.children].indexOf(option));
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = at;
    const item = this.#items[at];
    if (item) this.choose(item);
  }
}
